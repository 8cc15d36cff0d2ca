/** Ends of logs as programs really leave them, with the line that tells why. */
export const LOG_ENDINGS: readonly (readonly [whose: string, log: string, telling: string])[] = [
  [
    "Python, of a module that is missing",
    `Traceback (most recent call last):
  File "/q/QM_Jobs/a/fit.py", line 1, in <module>
    import numpyy
ModuleNotFoundError: No module named 'numpyy'
`,
    "ModuleNotFoundError: No module named 'numpyy'",
  ],
  [
    "Python, of an exception raised while another was handled",
    `Traceback (most recent call last):
  File "a.py", line 2, in <module>
    {}["x"]
    ~~^^^^^
KeyError: 'x'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "a.py", line 4, in <module>
    raise lab.NotConverged("residual 3.0") from None
lab.NotConverged: residual 3.0
`,
    "lab.NotConverged: residual 3.0",
  ],
  [
    "Python, with notes behind the exception",
    `Traceback (most recent call last):
  File "a.py", line 5, in <module>
    raise e
ValueError: bad value
while reading row 7 of table.csv
the file failed its checks
`,
    "ValueError: bad value",
  ],
  [
    "Python, of a group of exceptions",
    `  + Exception Group Traceback (most recent call last):
  |   File "a.py", line 1, in <module>
  |     raise ExceptionGroup("eg", [ValueError(1)])
  | ExceptionGroup: eg (1 sub-exception)
  +-+---------------- 1 ----------------
    | ValueError: too cold
    +------------------------------------
`,
    "ValueError: too cold",
  ],
  [
    "Python, of a syntax error",
    `  File "a.py", line 3
    def f(:
          ^
SyntaxError: invalid syntax
`,
    "SyntaxError: invalid syntax",
  ],
  [
    "Python, with a second complaint while it ends",
    `Traceback (most recent call last):
  File "a.py", line 9, in <module>
    main()
RuntimeError: the mesh is empty
Exception ignored in: <function Pool.__del__ at 0x7f>
Traceback (most recent call last):
  File "pool.py", line 271, in __del__
AttributeError: 'NoneType' object has no attribute 'put'
`,
    "RuntimeError: the mesh is empty",
  ],
  [
    "Python below a progress bar that was never finished",
    `[QM] started 2026-11-30 09:00:00 +0000 on lab, attempt 1, processors: 1
  0%|          | 0/100 [00:00<?, ?it/s]\r 45%|####5     | 45/100 [00:01<00:01, 40.0it/s]Traceback (most recent call last):
  File "a.py", line 9, in <module>
ZeroDivisionError: division by zero
[QM] ended 2026-11-30 09:00:02 +0000 after 2 s: failed, the command ended with exit code 1
`,
    "ZeroDivisionError: division by zero",
  ],
  [
    "Python's user, who pressed a key",
    `Traceback (most recent call last):
  File "a.py", line 1, in <module>
KeyboardInterrupt
`,
    "KeyboardInterrupt",
  ],
  [
    "argparse",
    "usage: fit.py [-h] --mesh MESH\nfit.py: error: the following arguments are required: --mesh\n",
    "fit.py: error: the following arguments are required: --mesh",
  ],
  ["a process that the system killed", "epoch 1 / 10\nepoch 2 / 10\nKilled\n", "Killed"],
  [
    "PyTorch without memory",
    `Traceback (most recent call last):
  File "train.py", line 80, in <module>
    loss.backward()
torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB
`,
    "torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB",
  ],
  [
    "one rank of torchrun, told of by its launcher",
    `[rank0]: Traceback (most recent call last):
[rank0]:   File "train.py", line 3, in <module>
[rank0]: ValueError: shapes (3,) and (4,) differ
E1130 09:00:00.000000 140 torch/distributed/elastic/multiprocessing/api.py:826] failed (exitcode: 1) local_rank: 0
Traceback (most recent call last):
  File "/opt/bin/torchrun", line 33, in <module>
torch.distributed.elastic.multiprocessing.errors.ChildFailedError: 
============================================================
train.py FAILED
------------------------------------------------------------
`,
    "ValueError: shapes (3,) and (4,) differ",
  ],
  [
    "a notebook",
    `nbclient.exceptions.CellExecutionError: An error occurred while executing the following cell:
------------------
import numpyy
------------------

---------------------------------------------------------------------------
ModuleNotFoundError                       Traceback (most recent call last)
Cell In[1], line 1
----> 1 import numpyy

ModuleNotFoundError: No module named 'numpyy'
`,
    "ModuleNotFoundError: No module named 'numpyy'",
  ],
  [
    "one of many processes of srun",
    '0: Traceback (most recent call last):\n0:   File "a.py", line 1, in <module>\n0:     f()\n0: lab.TooCold: 3 K\nsrun: error: n1: task 0: Exited with exit code 1\n',
    "lab.TooCold: 3 K",
  ],
  [
    "R, on one line",
    "Loading required package: stats\nError in f(x) : object 'y' not found\nCalls: main -> f\nExecution halted\n",
    "Error in f(x) : object 'y' not found",
  ],
  [
    "R, on two lines",
    "Error in solve.default(a) : \n  Lapack routine dgesv: system is exactly singular: U[2,2] = 0\nCalls: solve -> solve.default\nExecution halted\n",
    "Error in solve.default(a) : Lapack routine dgesv: system is exactly singular: U[2,2] = 0",
  ],
  [
    "R, with a warning behind the error",
    `Error in file(file, "rt") : cannot open the connection
Calls: read.csv -> read.table -> file
In addition: Warning message:
In file(file, "rt") :
  cannot open file 'x.csv': it is away
Execution halted
`,
    'Error in file(file, "rt") : cannot open the connection',
  ],
  [
    "R's tidyverse",
    "Error in `mutate()`:\n! Problem while computing `y = z`.\nCaused by error:\n! object 'z' not found\nBacktrace:\n  1. dplyr::mutate(d, y = z)\nExecution halted\n",
    "Caused by error: object 'z' not found",
  ],
  [
    "Julia",
    `ERROR: LoadError: ArgumentError: Package Foo not found in current path.
- Run \`import Pkg; Pkg.add("Foo")\` to install the Foo package.
Stacktrace:
 [1] macro expansion
   @ ./loading.jl:1772 [inlined]
 [2] error(s::String)
   @ Base ./error.jl:35
in expression starting at /q/QM_Jobs/a/fit.jl:1
`,
    "ERROR: LoadError: ArgumentError: Package Foo not found in current path.",
  ],
  [
    "MATLAB",
    "Error using rand\nSize inputs must be integers.\n\nError in fit (line 3)\nx = rand(1.5);\n    ^^^^^^^^^\n",
    "Error using rand Size inputs must be integers.",
  ],
  [
    "MATLAB in a batch",
    "{Error using fit (line 3)\nUnrecognized function or variable 'alhpa'.\n}\nERROR: MATLAB error Exit Status: 0x00000001\n",
    "Error using fit (line 3) Unrecognized function or variable 'alhpa'.",
  ],
  [
    "Octave",
    "error: 'alhpa' undefined\nerror: called from\n    fit at line 3 column 5\n",
    "error: 'alhpa' undefined",
  ],
  [
    "Java",
    `Exception in thread "main" java.lang.IllegalStateException: cannot start
	at lab.Main.run(Main.java:12)
	at lab.Main.main(Main.java:5)
Caused by: java.io.FileNotFoundException: mesh.dat (gone)
	at java.base/java.io.FileInputStream.open0(Native Method)
	... 3 more
`,
    "Caused by: java.io.FileNotFoundException: mesh.dat (gone)",
  ],
  [
    "C++",
    "step 12\nterminate called after throwing an instance of 'std::runtime_error'\n  what():  negative density\nAborted (core dumped)\n",
    "terminate called after throwing an instance of 'std::runtime_error' what():  negative density",
  ],
  [
    "C's assert, told of by bash too",
    "solve: solve.c:4: main: Assertion `n > 0' failed.\nrun.sh: line 3: 4711 Aborted                 (core dumped) ./solve\n",
    "solve: solve.c:4: main: Assertion `n > 0' failed.",
  ],
  ["a crash", "reading\nSegmentation fault (core dumped)\n", "Segmentation fault (core dumped)"],
  [
    "a crash, told of by bash",
    "run.sh: line 3:  4711 Segmentation fault      (core dumped) ./solve\n",
    "run.sh: line 3:  4711 Segmentation fault      (core dumped) ./solve",
  ],
  ["glibc", "double free or corruption (out)\nAborted (core dumped)\n", "double free or corruption (out)"],
  ["bash", "start\njob.sh: line 3: foo: command not found\n", "job.sh: line 3: foo: command not found"],
  [
    "bash in German",
    "job.sh: Zeile 3: foo: Kommando nicht gefunden.\n",
    "job.sh: Zeile 3: foo: Kommando nicht gefunden.",
  ],
  ["dash", "/bin/sh: 1: foo: not found\n", "/bin/sh: 1: foo: not found"],
  [
    "a shell that traces",
    "+ set -e\n+ grep -c error run.log\ngrep: run.log: No such file or directory\n",
    "grep: run.log: No such file or directory",
  ],
  [
    "a script's own words",
    "reading table.csv\nno rows left after the filter, giving up\n",
    "no rows left after the filter, giving up",
  ],
  [
    "make, of a compiler",
    `cc -c solve.c -o solve.o
solve.c: In function 'main':
solve.c:3:5: error: 'x' undeclared (first use in this function)
    3 |     x = 1;
      |     ^
solve.c:3:5: note: each undeclared identifier is reported only once for each function it appears in
make[1]: *** [Makefile:2: solve.o] Error 1
make[1]: Leaving directory '/q/QM_Jobs/a'
make: *** [Makefile:5: all] Error 2
`,
    "solve.c:3:5: error: 'x' undeclared (first use in this function)",
  ],
  [
    "make, of the linker",
    "/usr/bin/ld: solve.o: in function `main':\nsolve.c:(.text+0x9): undefined reference to `dgesv_'\ncollect2: error: ld returned 1 exit status\nmake: *** [Makefile:2: solve] Error 1\n",
    "solve.c:(.text+0x9): undefined reference to `dgesv_'",
  ],
  [
    "make alone",
    "make: *** No rule to make target 'mesh.dat', needed by 'all'.  Stop.\n",
    "make: *** No rule to make target 'mesh.dat', needed by 'all'.  Stop.",
  ],
  [
    "make that tells nothing else",
    "./solve\nmake: *** [Makefile:2: run] Error 3\n",
    "make: *** [Makefile:2: run] Error 3",
  ],
  [
    "snakemake",
    `/usr/bin/bash: line 1: samtoolz: command not found
[Mon Nov 30 09:00:00 2026]
Error in rule sort:
    jobid: 1
    output: a.bam
    shell:
        samtoolz sort x
        (one of the commands exited with non-zero exit code; note that snakemake uses bash strict mode!)

Shutting down, this might take some time.
Exiting because a job execution failed. Look above for error message
Complete log: .snakemake/log/2026-11-30T090000.snakemake.log
WorkflowError:
At least one job did not complete successfully.
`,
    "/usr/bin/bash: line 1: samtoolz: command not found",
  ],
  [
    "Nextflow",
    `ERROR ~ Error executing process > 'sort'

Caused by:
  Process \`sort\` terminated with an error exit status (127)

Command executed:

  samtoolz sort x

Command exit status:
  127

Command error:
  .command.sh: line 2: samtoolz: command not found

Work dir:
  /q/work/1f/ab
`,
    "Command error: .command.sh: line 2: samtoolz: command not found",
  ],
  [
    "MPI below Python",
    `Traceback (most recent call last):
  File "a.py", line 9, in <module>
ValueError: odd number of ranks
--------------------------------------------------------------------------
MPI_ABORT was invoked on rank 0 in communicator MPI_COMM_WORLD
with errorcode 1.

NOTE: invoking MPI_ABORT causes Open MPI to kill all MPI processes.
You may or may not see output from other processes, depending on
exactly when Open MPI kills them.
--------------------------------------------------------------------------
`,
    "ValueError: odd number of ranks",
  ],
  [
    "MPI alone",
    "-----------\nMPI_ABORT was invoked on rank 0 in communicator MPI_COMM_WORLD\nwith errorcode 1.\n\nNOTE: invoking MPI_ABORT causes Open MPI to kill all MPI processes.\n-----------\n",
    "MPI_ABORT was invoked on rank 0 in communicator MPI_COMM_WORLD",
  ],
  [
    "MPICH",
    "===================================================================================\n=   BAD TERMINATION OF ONE OF YOUR APPLICATION PROCESSES\n=   PID 123 RUNNING AT lab\n=   EXIT CODE: 139\n=   CLEANING UP REMAINING PROCESSES\n===================================================================================\nYOUR APPLICATION TERMINATED WITH THE EXIT STRING: Segmentation fault (signal 11)\nThis typically refers to a problem with your application.\nPlease see the FAQ page for debugging suggestions\n",
    "YOUR APPLICATION TERMINATED WITH THE EXIT STRING: Segmentation fault (signal 11)",
  ],
  [
    "CUDA",
    'CUDA error at solve.cu:33 code=2(cudaErrorMemoryAllocation) "cudaMalloc(&p, n)"\n',
    'CUDA error at solve.cu:33 code=2(cudaErrorMemoryAllocation) "cudaMalloc(&p, n)"',
  ],
  [
    "CUDA below PyTorch",
    'Traceback (most recent call last):\n  File "a.py", line 1, in f\nRuntimeError: CUDA error: device-side assert triggered\nCUDA kernel errors might be asynchronously reported at some other API call, so the stacktrace below might be incorrect.\nFor debugging consider passing CUDA_LAUNCH_BLOCKING=1\n',
    "RuntimeError: CUDA error: device-side assert triggered",
  ],
  [
    "gfortran",
    "At line 3 of file solve.f90 (unit = 10, file = 'mesh.dat')\nFortran runtime error: Cannot open file 'mesh.dat': it is away\n\nError termination. Backtrace:\n#0  0x7f6d in ???\n#1  0x55ab in main\n",
    "Fortran runtime error: Cannot open file 'mesh.dat': it is away",
  ],
  [
    "Intel's Fortran",
    "forrtl: severe (29): file not found, unit 10, file /q/mesh.dat\nImage              PC                Routine            Line        Source\nsolve              000000000040A1C3  Unknown               Unknown  Unknown\n",
    "forrtl: severe (29): file not found, unit 10, file /q/mesh.dat",
  ],
  ["Fortran's STOP", "iteration 99\nSTOP 2\n", "STOP 2"],
  [
    "Node",
    '/q/a.js:3\n    throw new Error("no mesh");\n    ^\n\nError: no mesh\n    at Object.<anonymous> (/q/a.js:3:11)\n    at Module._compile (node:internal/modules/cjs/loader:1554:14)\n\nNode.js v22.14.0\n',
    "Error: no mesh",
  ],
  [
    "Go",
    "panic: runtime error: index out of range [5] with length 3\n\ngoroutine 1 [running]:\nmain.failed()\n\t/q/a.go:5 +0x1d\nexit status 2\n",
    "panic: runtime error: index out of range [5] with length 3",
  ],
  [
    "Rust",
    "thread 'main' panicked at src/main.rs:2:5:\nindex out of bounds: the len is 3 but the index is 5\nnote: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n",
    "thread 'main' panicked at src/main.rs:2:5: index out of bounds: the len is 3 but the index is 5",
  ],
  ["Perl", "reading\nno mesh at fit.pl line 3.\n", "no mesh at fit.pl line 3."],
  [
    "Perl without a module",
    "Can't locate Lab/Fit.pm in @INC (you may need to install the Lab::Fit module) at fit.pl line 2.\nBEGIN failed--compilation aborted at fit.pl line 2.\n",
    "Can't locate Lab/Fit.pm in @INC (you may need to install the Lab::Fit module) at fit.pl line 2.",
  ],
  [
    "Maven",
    "[ERROR] Failed to execute goal org.lab:fit:1.0:run (default-cli) on project fit: no mesh -> [Help 1]\n[ERROR] \n[ERROR] For more information about the errors and possible solutions, please read the following articles:\n[ERROR] [Help 1] http://cwiki.apache.org/confluence/display/MAVEN/MojoFailureException\n",
    "[ERROR] Failed to execute goal org.lab:fit:1.0:run (default-cli) on project fit: no mesh -> [Help 1]",
  ],
  [
    "Rust's compiler",
    'error[E0308]: mismatched types\n --> src/main.rs:2:18\n  |\n2 |     let x: i32 = "a";\n  |            ---   ^^^ expected `i32`, found `&str`\n\nerror: could not compile `fit` (bin "fit") due to 1 previous error\n',
    "error[E0308]: mismatched types",
  ],
  [
    "a compiler that numbers its errors",
    "fit.ts(3,5): error TS2304: Cannot find name 'mesh'.\n",
    "fit.ts(3,5): error TS2304: Cannot find name 'mesh'.",
  ],
  [
    "a linker that is not heard",
    "fit: error while loading shared libraries: libmesh.so.1: cannot open shared object file\nERROR: ld.so: object 'x.so' from LD_PRELOAD cannot be preloaded: ignored.\n",
    "fit: error while loading shared libraries: libmesh.so.1: cannot open shared object file",
  ],
  [
    "STAR",
    "EXITING because of FATAL ERROR: could not open genome file genome/SAindex\nSOLUTION: check that the path is right\n\nNov 30 09:00:00 ...... FATAL ERROR, exiting\n",
    "EXITING because of FATAL ERROR: could not open genome file genome/SAindex",
  ],
  [
    "Ruby",
    "fit.rb:3:in 'Object#fit': no mesh (RuntimeError)\n\tfrom fit.rb:5:in '<main>'\n",
    "fit.rb:3:in 'Object#fit': no mesh (RuntimeError)",
  ],
  [
    "Slurm's memory guard",
    "slurmstepd: error: Detected 1 oom_kill event in StepId=12.0. Some of the step tasks have been OOM Killed.\nsrun: error: n1: task 0: Exited with exit code 1\n",
    "slurmstepd: error: Detected 1 oom_kill event in StepId=12.0. Some of the step tasks have been OOM Killed.",
  ],
  [
    "pip",
    "ERROR: Could not find a version that satisfies the requirement numpyy (from versions: none)\nERROR: No matching distribution found for numpyy\n",
    "ERROR: No matching distribution found for numpyy",
  ],
  [
    "conda",
    "EnvironmentNameNotFound: Could not find conda environment: fit\nYou can list all discoverable environments with `conda info --envs`.\n",
    "EnvironmentNameNotFound: Could not find conda environment: fit",
  ],
  [
    "rsync over ssh",
    "ssh: connect to host store port 22: Connection refused\nrsync: connection unexpectedly closed (0 bytes received so far) [sender]\nrsync error: unexplained error (code 255) at io.c(228) [sender=3.2.7]\n",
    "ssh: connect to host store port 22: Connection refused",
  ],
  [
    "GROMACS",
    "-------------------------------------------------------\nProgram:     gmx grompp, version 2023.3\nSource file: src/gromacs/gmxpreprocess/grompp.cpp (line 734)\n\nFatal error:\nnumber of coordinates in coordinate file (conf.gro, 10)\n             does not match topology (topol.top, 12)\n\nFor more information and tips for troubleshooting, please check the GROMACS\nwebsite at http://www.gromacs.org/Documentation/Errors\n-------------------------------------------------------\n",
    "Fatal error: number of coordinates in coordinate file (conf.gro, 10)",
  ],
  [
    "OpenFOAM",
    '--> FOAM FATAL ERROR: \nCannot find file "points" in directory "polyMesh"\n\n    From function regIOobject::readStream\n    in file db/regIOobject/regIOobjectRead.C at line 73.\n\nFOAM exiting\n',
    'FOAM FATAL ERROR: Cannot find file "points" in directory "polyMesh"',
  ],
  [
    "LAMMPS",
    "ERROR: Unknown command: pair_stile (src/input.cpp:314)\nLast command: pair_stile lj/cut 2.5\n",
    "ERROR: Unknown command: pair_stile (src/input.cpp:314)",
  ],
  [
    "a license server",
    "License checkout failed.\nLicense Manager Error -15\nUnable to connect to the license server.\nLicensing error: -15,570.\n",
    "Unable to connect to the license server.",
  ],
  [
    "a program that logs with times and levels",
    "2026-11-30 09:00:00,123 INFO fit: retrying after error: busy\n2026-11-30 09:00:01,123 ERROR fit: the mesh has 3 holes\n2026-11-30 09:00:01,124 INFO fit: bye\n",
    "2026-11-30 09:00:01,123 ERROR fit: the mesh has 3 holes",
  ],
  [
    "pytest",
    "FAILED test_fit.py::test_mesh - assert 1 == 2\n========================= 1 failed, 2 passed in 0.12s =========================\n",
    "FAILED test_fit.py::test_mesh - assert 1 == 2",
  ],
  [
    "Python without a module to run",
    "/usr/bin/python3: No module named fit\n",
    "/usr/bin/python3: No module named fit",
  ],
  ["a script that says one thing", "no rows\n", "no rows"],
  ["colours of a terminal", "\u001b[31mError:\u001b[0m \u001b[1mno mesh\u001b[0m\n", "Error: no mesh"],
  ["a message over a bar", "[##########----------] 50 %\rError: no mesh\n", "Error: no mesh"],
  ["a message right behind a bar", "fit: [##########----------] 50 % 5/10Error: no mesh", "Error: no mesh"],
  ["a log of carriage returns", "Error: no mesh\rbye\r", "Error: no mesh"],
  [
    "Haskell",
    `a: Prelude.head: empty list
CallStack (from HasCallStack):
  error, called at libraries/base/GHC/List.hs:1646:3 in base:GHC.List
  errorEmptyList, called at libraries/base/GHC/List.hs:85:11 in base:GHC.List
`,
    "a: Prelude.head: empty list",
  ],
  [
    "a newer Haskell",
    "a: Uncaught exception ghc-internal:GHC.Internal.Exception.ErrorCall:\n\nno mesh\n\nHasCallStack backtrace:\n  error, called at a.hs:1:8 in main:Main\n",
    "a: Uncaught exception ghc-internal:GHC.Internal.Exception.ErrorCall: no mesh",
  ],
  [
    "the guard of a stack",
    "*** stack smashing detected ***: terminated\nAborted (core dumped)\n",
    "stack smashing detected ***: terminated",
  ],
  [
    "the guard of a buffer, told of by bash",
    "*** buffer overflow detected ***: terminated\nrun.sh: line 3:  4711 Aborted                 (core dumped) ./solve\n",
    "buffer overflow detected ***: terminated",
  ],
  [
    "Java with an exception of one's own",
    "step 3\nlab.TooCold: 3 K\n\tat lab.Fit.run(Fit.java:12)\n\tat lab.Main.main(Main.java:5)\n",
    "lab.TooCold: 3 K",
  ],
  [
    "Java with as many frames as it prints",
    `Exception in thread "main" java.lang.StackOverflowError\n${"\tat lab.Fit.depth(Fit.java:12)\n".repeat(1024)}run.sh gave up\n`,
    'Exception in thread "main" java.lang.StackOverflowError',
  ],
  [
    "JavaScript with an exception of one's own",
    `/q/a.js:3\n    throw new NotConverged();\n    ^\n\nNotConverged: residual 3.0\n${"    at depth (/q/a.js:3:11)\n".repeat(400)}\nNode.js v22.14.0\n`,
    "NotConverged: residual 3.0",
  ],
  [
    "Python with a long epilogue",
    `Traceback (most recent call last):\n  File "a.py", line 1, in f\nValueError: no mesh\n${"table 1.0 2.0\n".repeat(400)}`,
    "ValueError: no mesh",
  ],
  [
    "a retry that was the last",
    "ERROR: store is away, retrying (3/3)\n",
    "ERROR: store is away, retrying (3/3)",
  ],
  [
    "a program that has tried three times",
    "Error: connection refused (attempt 1), retrying\nError: connection refused (attempt 2), retrying\nError: gave up after 2 attempts: connection refused\n",
    "Error: gave up after 2 attempts: connection refused",
  ],
  [
    "an error behind one that was overcome",
    "Error: no GPU, falling back to the CPU\nstep 1\nstep 2\nError: the mesh is open\n",
    "Error: the mesh is open",
  ],
  ["a figure that is no figure", "Error: 1.5 is not an integer\n", "Error: 1.5 is not an integer"],
  ["a figure too large", "relative error: 0.3, giving up\n", "relative error: 0.3, giving up"],
  ["JUnit", "Tests run: 5, Failures: 1, Errors: 0\n", "Tests run: 5, Failures: 1, Errors: 0"],
  [
    "a file named after errors",
    "cp: cannot stat 'errors.log': No such file or directory\n",
    "cp: cannot stat 'errors.log': No such file or directory",
  ],
  [
    "a kernel that killed",
    "Out of memory: Killed process 4711 (solve) total-vm:9kB\n",
    "Out of memory: Killed process 4711 (solve) total-vm:9kB",
  ],
  ["zsh", "zsh: killed     ./solve\n", "zsh: killed     ./solve"],
];

/** Ends of logs in which no line tells why. */
export const SILENT_ENDINGS: readonly (readonly [whose: string, log: string])[] = [
  ["nothing", ""],
  ["the manager alone", "[QM] started now\n[QM] ended then: failed, the command ended with exit code 1\n"],
  ["a program that says what it does", "reading table.csv\nstep 3 / 10\nhello world\n"],
  ["a progress bar", "\r error rate:  12%|###       | 12/100 [00:01<00:08, 10it/s]"],
  [
    "figures called errors",
    "RMS error: 0.0131\nmean absolute error = 1.2e-05\nrelative error: 3 %\n0 errors, 0 warnings\n12 passed, 0 failed\n",
  ],
  ["warnings", "a.py:3: DeprecationWarning: f is invalid\nWARNING: could not find a display\n"],
  [
    "a linear model of R",
    "Coefficients:\n            Estimate Std. Error t value Pr(>|t|)\n(Intercept)  1.0      0.12    8.3   1e-5 ***\n\nResidual standard error: 1.237 on 9 degrees of freedom\nMultiple R-squared:  0.98\n",
  ],
  [
    "more figures called errors",
    "bit error rate 0.0%\nmean squared error 0.0131 after 3 epochs\nstandard error of the mean 0.2\ntest error: 0.12 (best 0.11)\nroot mean square error = 3e-2 m\nmax abs error 1.2e-3\nenergy error ~ 1e-6\nerror bars: 1 sigma\nStandard deviation and standard errors are below\n",
  ],
  [
    "counts of nothing",
    "errors: 0\nno failures\nkilled 0\ndone 10, failed: 0\n===== 3 passed, 0 failed in 0.1s =====\n0 of 12 jobs failed\n0 tests failed\nfailed=0 errors=0\nTests run: 5, Failures: 0, Errors: 0, Skipped: 0\nfinished without errors\nFAILED: 0\nerrors: none\nfailed: []\nnumber of errors: 12 in 400 bits\nThe fit did not fail.\n",
  ],
  [
    "names",
    "writing messages to errors.log\nsaved fatal.txt, failed_runs.csv and out/errors.csv\nfailover is on\nfail-safe mode\nFail-safe mode\nerror_rate=0.1\nusing --fail-fast\nerror handling enabled\nthe error model is Gaussian\n",
  ],
  ["the end of others", "Killed 3 stale workers before start\nkilled all old workers\ncomputing...\n"],
  [
    "an error that was overcome",
    "Error: connection reset by peer (attempt 1), retrying\nconnected\nresult: 42\n",
  ],
  [
    "errors that were overcome",
    "ERROR: store is away, will retry in 3 s\nERROR: store is away, trying again\nstored\nattempt 1 failed: timed out\nattempt 2\nok\nCUDA error: no device, falling back to CPU\nError: row 7 is bad, skipping\ndone\n",
  ],
  ["warnings of Perl", "Use of uninitialized value $x in addition (+) at fit.pl line 3.\n42\n"],
  ["a wide table of results", `${"x 1.0 2.0\n".repeat(500)}`],
];
