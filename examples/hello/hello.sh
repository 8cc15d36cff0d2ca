#!/bin/sh
# Standard output goes to process.log; files are left in the job's folder.
echo "Hello from $QM_JOB_NAME, which may use $NB_PROC processor(s)."
date > greeting.txt
