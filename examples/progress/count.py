#!/usr/bin/env python3
"""A job that tells how far it is: the last ` i / n` in the log becomes the progress bar."""

import configparser
import time

config = configparser.ConfigParser()
config.read("proc_config.cfg")
steps = config.getint("Proc", "steps")
pause = config.getfloat("Proc", "seconds_per_step")

for step in range(1, steps + 1):
    time.sleep(pause)
    print(f"step {step} / {steps}")

with open("result.txt", "w") as result:
    result.write(f"{steps} steps of {pause} s\n")
