/** The system's own words for an error number or a signal, which programs of every language print. */
const SYSTEM_WORDS =
  /No such (file|device|process)|Permission denied|Operation not permitted|No space left|Disk quota exceeded|(Cannot|Unable to|Failed to|Could not) allocate|Input\/output error|Connection (refused|reset|timed out|closed (by|un))|Broken pipe|(Is|Not) a directory|File exists|Too many open files|Read-only file system|Exec format error|Resource temporarily unavailable|Stale (NFS )?file handle|Argument list too long|Text file busy|resource busy|No route to host|Network is unreachable|Host key verification failed|Name or service not known|[Cc]ould not resolve|Segmentation (fault|violation)|Bus error|Illegal instruction|Floating[ -]point exception/;

/** Text between the word "error" and the colon before its text. */
const OF_ERROR =
  / ?(?:\[[^\]]{0,40}\]|\([^)]{0,40}\)| [A-Z]{1,8}\d{1,6}| (?:in|at|from|using|when|while|during|on|code|message|response|reading|opening|writing|loading|parsing|processing|executing|running)\b[^:]{0,80})? ?:/
    .source;

/** Words that are counted: `0 failed`, `errors: 0`. */
const COUNTED =
  /(?:errors?|errored|fatals?|failed|fails?|failures?|failing|exceptions?|problems?|crash(?:es|ed)?|killed|aborted|timeouts?|missing|invalid|rejected|unknown|corrupt(?:ed)?|mismatch(?:es)?)/
    .source;

/** Figures that statistics and numerics call errors, whatever stands before their value. */
const MEASURED =
  /(?:standard|std\.?|stat\.?|statistical|systematic|squared?|quadratic|rms|mean|absolute|abs\.?|relative|rel\.?|residual|percent(?:age)?|probable|sampling|rounding|round-?off|truncation|bit|symbol|word|frame|packet)/
    .source;

/**
 * Forms of lines in which programs tell why they give up, each list from the common to the rare. They are forms of whole families
 * (a shell's message, an exception's name, the system's own words for an error), not messages of single programs.
 */
export const LINE_PATTERNS = {
  /** Frames of a stack, as they stand in a log. A trace may have a thousand. */
  frames: [
    // Python, Java and JavaScript, Ruby, Julia, Go, Rust, gdb, R, Haskell.
    /^File ".*", line \d+|^at .*[\d)>\]]$|^\.\.\. \d+ more|^from \S+:\d+:in |^\[ ?\d+\] |^@ \S|^#\d+ |^\d+: 0x|^goroutine \d+ |^\/\S+\.go:\d+|^\S+, called at \S+:\d+:\d+ in /,
  ],
  /** Words that are addresses, paths, options, names of files or variables, whatever they are made of. */
  names: [
    /:\/\/|[/_-]error|\berror\.[a-z]|[/_.-](?:fail|fatal)/i,
    /(?:[Ee]rror|ERROR|[Ff]ail|FAIL|[Ff]atal|FATAL|[Cc]rash|[Aa]bort|[Ee]xception)(?:[\w-]*\.[a-z]\w{0,4}(?![\w.(])|[a-z]*[_-][a-z])/,
  ],
  /** Parts of lines in which a word of trouble tells of none: figures, counts of nothing. */
  harmless: [
    // Counts of nothing: `0 errors`, `0 of 3 failed`, `failed: 0`, `no failures`.
    new RegExp(
      `\\b${COUNTED}(?: \\w+)?(?:\\s*[:=(]\\s*(?:(?:0|none|nil|null)(?![\\w.])|\\[\\])| 0(?! ?[\\w.])| 0 (?=of ))`,
      "gi",
    ),
    new RegExp(
      `\\b(?:(?:no|zero|without(?: any)?|never|free of|number of|(?:did|does|do|will) not) |0(?:/\\d+| of \\d+)? (?:\\w+ ){0,2}?)${COUNTED}\\b`,
      "gi",
    ),
    // Figures: `standard error`, `error rate 0.1 %`, `RMS error: 0.013`, `err = 2e-5`.
    new RegExp(`\\b${MEASURED}[\\s-]+(?:\\w+ )?errors?\\b`, "gi"),
    /\berrors?[ -](?:rates?|ratios?|bars?|bounds?|margins?|estimat\w+|models?|correct\w+|propagation|analys\w+|toleran\w+|thresholds?|budgets?|norms?|matri\w+|covariances?|functions?|distributions?|terms?|logs?|files?|streams?|outputs?|counts?|messages|bands?|variances?|free)\b/gi,
    /\berror (?:handl|check|report|logg)ing\b(?! (?!is|was|enabled|disabled|on|off)\w)/gi,
    /\berr(or)?s?\b[a-z_ ()-]{0,40}[:=]\s*[-+]?\d*\.?\d+(e[-+]?\d+)?\s*(%|$|[,;)|\]]| [\w.]+\s*[:=])/gi,
    /\berr(or)?s?\b(?:[a-z_ ()-]{0,40}[:=~≈<>]+| (?:is|was|of)|)\s*[-+±]?(?:\d*\.\d+(?:e[-+]?\d+)?|\d+e[-+]?\d+|\d+ ?%)(?![\w.]|\s+(?:is|are|was|must|cannot|can|should|does|has|not)\b)/gi,
  ],
  /** Errors that their program means to overcome; they count only where it did nothing more. */
  overcome: [
    /(?<!\b(?:after|up|not|stopped|without) )\b(?:retrying|reconnecting|trying again)\b|\b(?:will|going to|about to) (?:re)?try\b|\b(?:retry|next (?:try|attempt)) (?:in|after) \d/i,
    /\b(?:attempt|try|retry) (?:#|no\.? ?)?\d/i,
    /\b(?:falling|fell) back\b|\b(?:skipp(?:ed|ing)|continuing|recover(?:ed|ing)|carrying on|going on)\b|\busing (?:the |a )?default\b/i,
  ],
  /** Lines that tell nothing of a cause: rules, warnings, advice, traces of a shell. */
  passedOver: [
    /^\[QM\] /,
    /^[^\p{L}\p{N}]*$/u,
    /^(stack ?(trace|back ?trace)|back ?trace.*|require stack|(Has)?CallStack.*):$|most recent call (first|last)|^Calls: |^error: called from|^Error in \S+ \(line \d+\)$/i,
    // A warning is no end. The level counts where it stands before any other.
    /^(?!.*\b(ERROR|FATAL|CRITICAL|SEVERE)\b.*\b(WARN|INFO|DEBUG)).{0,80}\b(INFO|DEBUG|TRACE|NOTICE|WARN|WARNING)\b/,
    /\bwarnings?\b ?[:(\]]|^warnings?\b|Warning:|^In addition: Warning/i,
    /^\W{0,4}\[?(note|hint|help|tip|see|please (see|check|report|consult|refer|visit)|for (more|further|debugging|help)|try|consider|you (can|may|should)|compile with|run with|this (typically|usually|may|might|could)|a complete log|complete log|diagnostics?:|usage:|at least one of)\b/i,
    // Perl's warnings look like its errors.
    /^Use of uninitialized value|^Argument ".*" isn't numeric|\bused only once: possible typo|^Deep recursion on /,
    /^\++ \S|^make(\[\d+\])?: (Entering|Leaving) |^Node\.js v\d|\bignor(ed|ing)\b|^(raise|throw|die|stop)\b.*[("']/,
  ],
  /** Lines of whoever has noticed that something else failed; the cause stands above, if anywhere. */
  aftermath: [
    /\bexit(ed|s)?\b.{0,40}\b(code|status|non-?zero|with (an )?errors?)\b|\breturn(ed|s)? (an? )?(non-?zero|\d+ exit|exit)|non-?zero (exit|status|return)/i,
    /Execution halted|Error termination|\bcompilation (terminated|aborted)|\bBEGIN failed|\bbuild (stopped|failed)|\*\*\* \[[^\]]*\] Error \d|\berrors? occurred\b(?!.*:)|\bfatal error,|could not compile|due to (\d+ )?previous error/i,
    /MPI_?ABORT|BAD TERMINATION|\bjob (step )?(aborted|execution failed)|Primary job|Process received signal|job to be terminated|did not complete successfully/i,
    /^Error in (rule|group) |\brsync error: |CalledProcessError|ChildFailedError|^(exiting|aborting|quitting|stopping|shutting down|stopped)\b(?!.*error)/i,
    /\b(Aborted|Terminated)\b|\babort +\(core dumped/,
  ],
  /** Lines that name an error as such. */
  cause: [
    // bash `x.sh: line 3: …` in the languages it speaks, dash `x.sh: 3: …: …`.
    /^\S+: (line|Zeile|ligne|línea|linha|riga|regel|строка) ?\d+ ?: \S/,
    /^\S+: \d+: \S.*: \S|command not found|: not found$/,
    SYSTEM_WORDS,
    // `pkg.mod.SomeError: …`, `SomeException`, `Error [CODE]: …`, `error[E0308]: …`, `(RuntimeError) …`.
    /^\(?(?:[\w$]+[.:/$\\]+)*\w*(?:Error|Exception|KeyboardInterrupt|SystemExit|Failure|NotFound|OutOfMemory)\b\)?(?=\s*(?:[:([]|$)|\) )/,
    new RegExp(`\\b(?:error|fehler|erreur|errore|erro)\\b${OF_ERROR}\\s*\\S`, "i"),
    /^(?:error|fehler|erreur) (?:in|using|at|when|while|during|opening|reading|writing|loading|bei|dans) \S/i,
    /\b(?:ERROR|FATAL|SEVERE|CRITICAL(?! [A-Z]+\b)|FEHLER|ERREUR)\b/,
    /\berror at \S+:\d+|\bsevere \(\d+\)|\bfatal\b ?:|^(\w+ )?fatal error\b/i,
    /^Caused by|^caused by: |Exception in thread|\bUnhandled (exception|rejection)|\bUncaught\b|^panic: |\bpanicked at\b|^terminate called|^what\(\): /i,
    /undefined (reference|symbol)|\bassert(ion)?\b.*\bfail(ed|ure)\b|\b(free|malloc|realloc|munmap_chunk)\(\)|double free|smashing detected|overflow detected|corrupted size/i,
    /out of memory|\boom[-_ ]?kill|^Killed(: ?\d+|\s*\(.*\))?$|\b[Kk]illed (process \d|by )|^\w*sh: killed\b|\bCANCELLED AT\b|^FAILED\b/i,
    // Perl: `… at x.pl line 3.`; Ruby: `x.rb:3:in 'f': … (RuntimeError)`.
    / at \S+ line \d+(, <\w*> (line|chunk) \d+)?\.$|^\S+:\d+:in .*\(\w+\)$/,
    /\*\*\* No rule to make target|\*\*\* .*\bStop\.$/,
  ],
  /** Lines that speak of trouble in plain words. */
  trouble: [
    /\b(errors?|fail(s|ed|ure|ures)?|fatal|exception|crash(ed)?|panic|killed(?! \d| (all|the|old|stale|any|\w+ing)\b)|abort(ed|ing)?)\b/i,
    /\b(cannot|can['’]?t|can not|could(n['’]t| not)|unable to|does(n['’]t| not)|did not|didn['’]t|is(n['’]t| not)|are(n['’]t| not)|was(n['’]t| not)|not (found|enough|allowed|permitted|available|valid|recogni[sz]ed|implemented|supported|defined|installed|set|given|readable|writable|converg\w*))\b/i,
    /\b(invalid|illegal|unexpected|unrecogni[sz]ed|unsupported|unknown|undefined|unresolved|unterminated|unbound|uninitiali[sz]ed|missing|denied|refused|rejected|exceed(s|ed|ing)?|insufficient|corrupt(ed)?|mismatch|malformed|inconsistent|diverg\w*|singular|expired|overflow|underflow|disconnected|timed out|timeout (expired|exceeded|reached|after))\b/i,
    /\btoo (many|few|much|little|large|small|long|short|big|deep|high|low)\b|\bout of (range|bounds|disk|space|time)\b|\b(giving|gave) up\b|\blost connection\b|\bno (\w+ ){1,3}(given|specified|found|provided|left|available|supplied|converged)\b|\b(is|was|are) (empty|wrong|bad)\b|\bmust (be|have|not)\b|\bbad \w/i,
    /\bno (module|such)\b|^(there (is|are|was|were) )?no \w+|^Expecting \w|\bexpected\b.*\b(but|got|found|before|after)\b/i,
    /^(ERROR )?STOP\b|^\S+: \S+:\d+: \S|^signal: |\bNaN\b/,
  ],
};
