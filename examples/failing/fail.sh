#!/bin/sh
echo "This job fails on purpose: it looks for a file that is not there." >&2
ls no-such-file.dat
exit 3
