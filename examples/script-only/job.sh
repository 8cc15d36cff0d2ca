#!/bin/sh
#QM info=A job that is nothing but a script
#QM nb_proc=1
#QM time_limit=5

echo "These lines and the options above are all there is to it."
uname -a > machine.txt
