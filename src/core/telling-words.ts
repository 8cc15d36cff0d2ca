/**
 * Forms of lines in which programs tell why they give up. They are forms of whole families (a shell's message, an exception's
 * name, the system's own words for an error), not messages of single programs.
 */
interface LineForms {
  /** Lines that tell nothing of a cause: stack frames, rules, warnings, advice, traces of a shell. */
  readonly passedOver: readonly RegExp[];
  /** Lines of whoever has noticed that something else failed; the cause stands above, if anywhere. */
  readonly aftermath: readonly RegExp[];
  /** Lines that name an error as such. */
  readonly cause: readonly RegExp[];
  /** Lines that speak of trouble in plain words. */
  readonly trouble: readonly RegExp[];
}

/** The system's own words for an error number or a signal, which programs of every language print. */
const SYSTEM_WORDS =
  /No such (file|device|process)|Permission denied|Operation not permitted|No space left|Disk quota exceeded|(Cannot|Unable to|Failed to|Could not) allocate|Input\/output error|Connection (refused|reset|timed out|closed)|Broken pipe|(Is|Not) a directory|File exists|Too many open files|Read-only file system|Exec format error|Resource temporarily unavailable|Stale (NFS )?file handle|Argument list too long|Text file busy|resource busy|No route to host|Network is unreachable|Host key verification failed|Name or service not known|[Cc]ould not resolve|Segmentation (fault|violation)|Bus error|Illegal instruction|Floating[ -]point exception/;

/** Text between the word "error" and the colon before its text. */
const OF_ERROR =
  / ?(?:\[[^\]]{0,40}\]|\([^)]{0,40}\)| [A-Z]{1,8}\d{1,6}| (?:in|at|from|using|when|while|during|on|code|message|response|reading|opening|writing|loading|parsing|processing|executing|running)\b[^:]{0,80})? ?:/
    .source;

/** The forms, each list from the common to the rare. */
export const LINE_FORMS: LineForms = {
  passedOver: [
    /^\[QM\] /,
    /^[^\p{L}\p{N}]*$/u,
    // Stack frames: Python, Java and JavaScript, Ruby, Julia, Go, Rust, gdb, R, MATLAB, Octave.
    /^File ".*", line \d+|^at .*[\d)>\]]$|^\.\.\. \d+ more|^from \S+:\d+:in |^\[ ?\d+\] |^@ \S|^#\d+ |^\d+: 0x|^goroutine \d+ |^\/\S+\.go:\d+/,
    /^(stack ?(trace|back ?trace)|back ?trace.*|require stack|CallStack.*):$|most recent call (first|last)|^Calls: |^error: called from|^Error in \S+ \(line \d+\)$/i,
    // A warning is no end. The level counts where it stands before any other.
    /^(?!.*\b(ERROR|FATAL|CRITICAL|SEVERE)\b.*\b(WARN|INFO|DEBUG)).{0,80}\b(INFO|DEBUG|TRACE|NOTICE|WARN|WARNING)\b/,
    /\bwarnings?\b ?[:(\]]|^warnings?\b|Warning:|^In addition: Warning/i,
    /^\W{0,4}\[?(note|hint|help|tip|see|please (see|check|report|consult|refer|visit)|for (more|further|debugging|help)|try|consider|you (can|may|should)|compile with|run with|this (typically|usually|may|might|could)|a complete log|complete log|diagnostics?:|usage:|at least one of)\b/i,
    /\b(no|0|zero|without( any)?) (errors?|failed|failures?|problems?|exceptions?)\b|\b(errors?|fail(ed|ures?)|exceptions?)\s*[:=]\s*0\b/i,
    // An error as a figure: `RMS error: 0.013`, `err = 2e-5`.
    /\berr(or)?s?\b[a-z_ ()-]{0,40}[:=]\s*[-+]?\d*\.?\d+(e[-+]?\d+)?\s*(%|$|[,;)|\]]| [\w.]+\s*[:=])/i,
    /^\++ \S|^make(\[\d+\])?: (Entering|Leaving) |^Node\.js v\d|\bignor(ed|ing)\b|^(raise|throw|die|stop)\b.*[("']/,
  ],
  aftermath: [
    /\bexit(ed|s)?\b.{0,40}\b(code|status|non-?zero|with (an )?errors?)\b|\breturn(ed|s)? (an? )?(non-?zero|\d+ exit|exit)|non-?zero (exit|status|return)/i,
    /Execution halted|Error termination|\bcompilation (terminated|aborted)|\bBEGIN failed|\bbuild (stopped|failed)|\*\*\* \[[^\]]*\] Error \d|\berrors? occurred\b(?!.*:)|\bfatal error,|could not compile|due to (\d+ )?previous error/i,
    /MPI_?ABORT|BAD TERMINATION|\bjob (step )?(aborted|execution failed)|Primary job|Process received signal|job to be terminated|did not complete successfully/i,
    /^Error in (rule|group) |\brsync error: |CalledProcessError|ChildFailedError|\bAborted\b|\bTerminated\b|^(exiting|aborting|quitting|stopping|shutting down|stopped)\b(?!.*error)/i,
  ],
  cause: [
    // bash `x.sh: line 3: …` in the languages it speaks, dash `x.sh: 3: …: …`.
    /^\S+: (line|Zeile|ligne|línea|linha|riga|regel|строка) ?\d+ ?: \S/,
    /^\S+: \d+: \S.*: \S|command not found|: not found$/,
    SYSTEM_WORDS,
    // `pkg.mod.SomeError: …`, `SomeException`, `Error [CODE]: …`, `error[E0308]: …`, `(RuntimeError) …`.
    /^\(?(?:[\w$]+[.:/$\\]+)*\w*(?:Error|Exception|KeyboardInterrupt|SystemExit|Failure|NotFound|OutOfMemory)\b\)?(?=\s*(?:[:([]|$)|\) )/,
    new RegExp(`\\b(?:error|fehler|erreur|errore|erro)\\b${OF_ERROR}\\s*\\S`, "i"),
    /^(?:error|fehler|erreur) (?:in|using|at|when|while|during|opening|reading|writing|loading|bei|dans) \S/i,
    /\b(?:ERROR|FATAL|SEVERE|CRITICAL|FEHLER|ERREUR)\b/,
    /\berror at \S+:\d+|\bsevere \(\d+\)|\bfatal\b ?:|^(\w+ )?fatal error\b/i,
    /^Caused by|^caused by: |Exception in thread|\bUnhandled (exception|rejection)|\bUncaught\b|^panic: |\bpanicked at\b|^terminate called|^what\(\): /i,
    /undefined (reference|symbol)|\bassert(ion)?\b.*\bfail(ed|ure)\b|\b(free|malloc|realloc|munmap_chunk)\(\)|double free|smashing detected|overflow detected|corrupted size/i,
    /out of memory|\boom[-_ ]?kill|^Killed\b|\bCANCELLED AT\b|^FAILED\b/i,
    // Perl: `… at x.pl line 3.`; Ruby: `x.rb:3:in 'f': … (RuntimeError)`.
    / at \S+ line \d+(, <\w*> (line|chunk) \d+)?\.$|^\S+:\d+:in .*\(\w+\)$/,
    /\*\*\* No rule to make target|\*\*\* .*\bStop\.$/,
  ],
  trouble: [
    /\b(errors?|fail(s|ed|ure|ures)?|fatal|exception|crash(ed)?|panic|killed|abort(ed|ing)?)\b/i,
    /\b(cannot|can['’]?t|can not|could(n['’]t| not)|unable to|does(n['’]t| not)|did not|didn['’]t|is(n['’]t| not)|are(n['’]t| not)|was(n['’]t| not)|not (found|enough|allowed|permitted|available|valid|recogni[sz]ed|implemented|supported|defined|installed|set|given|readable|writable|converg\w*))\b/i,
    /\b(invalid|illegal|unexpected|unrecogni[sz]ed|unsupported|unknown|undefined|unresolved|unterminated|unbound|uninitiali[sz]ed|missing|denied|refused|rejected|exceed(s|ed|ing)?|insufficient|corrupt(ed)?|mismatch|malformed|inconsistent|diverg\w*|singular|expired|overflow|underflow|disconnected|timed out|timeout (expired|exceeded|reached|after))\b/i,
    /\btoo (many|few|much|little|large|small|long|short|big|deep|high|low)\b|\bout of (range|bounds|disk|space|time)\b|\b(giving|gave) up\b|\blost connection\b|\bno (\w+ ){1,3}(given|specified|found|provided|left|available|supplied|converged)\b|\b(is|was|are) (empty|wrong|bad)\b|\bmust (be|have|not)\b|\bbad \w/i,
    /\bno (module|such)\b|^(there (is|are|was|were) )?no \w+|^Expecting \w|\bexpected\b.*\b(but|got|found|before|after)\b/i,
    /^(ERROR )?STOP\b|^\S+: \S+:\d+: \S|^signal: |\bNaN\b/,
  ],
};
