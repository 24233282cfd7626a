"""The Python libraries: python.py LIBRARY DIALECT FILE ANSWER CALLS. The file is read in every call."""
import json, resource, sys, time

library, dialect, path, answer_file, calls = sys.argv[1:]
if library == "hier_config":
    from hier_config import Platform, get_hconfig

    parse = lambda text: get_hconfig(Platform[dialect], text)
else:
    import netutils.config.parser as parsers

    parse = lambda text: getattr(parsers, dialect)(text).config_lines

times = []
started = time.perf_counter()
while len(times) < int(calls) and (not times or time.perf_counter() - started < 3):
    one = time.perf_counter()
    with open(path) as file:
        tree = parse(file.read())
    times.append((time.perf_counter() - one) * 1000)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
with open(answer_file, "w") as file:
    json.dump({"times": times, "peakMb": peak}, file)
