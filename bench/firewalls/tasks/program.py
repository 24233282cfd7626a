"""Time and peak memory of a program: program.py ANSWER CALLS COMMAND…, each call a process of its own."""
import json, resource, subprocess, sys, time

answer_file, calls, *command = sys.argv[1:]
times = []
started = time.perf_counter()
while len(times) < int(calls) and (not times or time.perf_counter() - started < 6):
    one = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    times.append((time.perf_counter() - one) * 1000)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
with open(answer_file, "w") as file:
    json.dump({"times": times, "peakMb": peak}, file)
