# Runs one attempt of one job: sh shim.sh ATTEMPT_FOLDER FIRST_LOG_LINE COMMAND OPEN_FILES UMASK MANAGER SETSID
# OPEN_FILES and UMASK, which may be left out or empty, are the job's soft limit of open files and its umask; MANAGER is the number
# of the manager's process; SETSID is the path of that program, whatever PATH the job is to have. A line of /proc is read by as many system calls as it has bytes in some shells, so it is rarely read.
#
# It outlives the manager and is the only witness of the job's end. In ATTEMPT_FOLDER it keeps
#   alive  held open, on descriptor 9, by the shim and by every process of the job; says the number of the job's session
#   start  created exclusively before anything is launched: boot id, pid, start time in ticks, "end".
#          Whoever finds it there already leaves; so of two shims for one attempt only one passes.
#   end.json.spare  room for the manager's decision to end the run
#   exit   exit code, seconds by which the record came late, seconds since boot, the shell's `times`, "end".
# A record without its closing word is no record. `exit` is made of blanks beforehand and written over, as a job may leave the disk
# neither bytes nor inodes. So neither needs a rename, which would take a new process just when
# a job may have used them all up.
# Descriptors 1 and 2 are the job's log. The body is one function called on the last line: once the job runs, the
# whole file has been read and may be replaced.

run_attempt() {
  attempt=$1 first_log_line=$2 command=$3 open_files=$4 umask=$5 manager=$6 setsid=${7:-setsid}
  # The shell's own remarks ("Terminated") do not belong into the job's log.
  exec 2>/dev/null 8<"$attempt" 9>>"$attempt/alive"
  # Held, it stays that of the manager that has started this shim, and has no program once that has ended, whoever gets its number.
  command exec 7<"/proc/${manager:-none}"
  # Caught, not ignored: what is caught is back at its default in the job, what is ignored would stay ignored there.
  trap : HUP INT QUIT TERM USR1 USR2 ALRM PIPE

  IFS= read -r boot_id </proc/sys/kernel/random/boot_id || return 75
  IFS= read -r stat <"/proc/$$/stat" || return 75
  # Field 22 is the start time; the second field, the program's name, may hold spaces and parentheses.
  set -- ${stat##*) }
  start_ticks=${20}
  [ -n "$boot_id" ] && [ -n "$start_ticks" ] || return 75

  created= written=
  set -C
  {
    created=yes
    printf '%s %s %s end\n' "$boot_id" "$$" "$start_ticks" && written=yes
  } >"$attempt/start"
  if [ -z "$created" ]; then
    [ -e "$attempt/start" ] && return 0
    return 75
  fi
  if [ -z "$written" ] || ! is_whole "$attempt/start" || ! keep_room "$attempt/exit" || ! keep_room "$attempt/end.json.spare"; then
    command -p rm -f "$attempt/exit" "$attempt/end.json.spare" "$attempt/start"
    return 75
  fi

  # From here on there is always an exit record, also when the shell itself gives up because it cannot fork: 71, EX_OSERR.
  code=71 launched=
  # By its handle, as the queue's folder may be moved, or be away for a while, until the job ends.
  attempt=/proc/$$/fd/8
  trap record_exit EXIT
  printf '%s\n' "$first_log_line"
  # In the foreground, since a background job of a shell ignores INT and QUIT; the shell runs its traps afterwards.
  # In a subshell, since a shell would have its own errors redirected together with its command's. It becomes the first
  # process of the job's session, which is called by its number.
  (
    # Its only thread has its number.
    for session in /proc/self/task/*; do printf '%s\n' "${session##*/}" >&9; done
    [ -z "$open_files" ] || ulimit -S -n "$open_files"
    [ -z "$umask" ] || umask "$umask"
    exec "$setsid" /bin/sh -c -- "$command" </dev/null 2>&1 7<&- 8<&-
  )
  code=$? launched=yes
}

# A block that no other file can be given.
keep_room() {
  printf '%1023s\n' '' >|"$1" && [ -s "$1" ]
}

# On a network mount what was written may be lost when the file is closed, as where the server's disk is full, and no shell tells of it.
is_whole() {
  while IFS= read -r line; do
    case $line in *end) return 0 ;; esac
  done <"$1"
  return 1
}

record_exit() {
  [ -n "$launched" ] || printf 'The job was not started: the system has no room for another process.\n'
  read -r uptime_seconds rest </proc/uptime
  late_seconds=0
  until
    {
      printf '%s %s %s\n' "$code" "$late_seconds" "$uptime_seconds" && times && printf 'end\n'
    } 1<>"$attempt/exit" && is_whole "$attempt/exit"
  do
    # Without even the blanks it tells that the command has ended.
    : >|"$attempt/exit"
    # Without its folder nobody will ever ask for the record.
    [ -e "$attempt/start" ] || return
    command -p sleep 1
    late_seconds=$((late_seconds + 1))
  done
  # The manager that started this shim puts the end on disk itself, as soon as it hears of it; another one may come late.
  [ -e "/proc/$$/fd/7/exe" ] || command -p sync "$attempt/exit" "$attempt"
}

run_attempt "$@"; exit
