"""The Python peers: python.py LIBRARY CASE INPUT ANSWER CALLS, as worker.ts."""
import json, resource, sys, time

library, case, input_file, answer_file, calls = sys.argv[1:]
if library == "netaddr":
    from netaddr import IPNetwork, IPSet, cidr_merge

    tasks = {
        "merge": lambda a, b: [str(n) for n in cidr_merge(a)],
        "difference": lambda a, b: [str(n) for n in (IPSet(a) - IPSet(b)).iter_cidrs()],
        "coverage": lambda a, b: (lambda s: ["covered" if IPNetwork(p) in s else "not" for p in b])(IPSet(a)),
    }
else:
    import ipaddress

    def merge(a, b):
        networks = [ipaddress.ip_network(text) for text in a]
        return [
            str(n) for v in (4, 6) for n in ipaddress.collapse_addresses([n for n in networks if n.version == v])
        ]

    tasks = {"merge": merge}

with open(input_file) as file:
    lists = json.load(file)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
times = []
started = time.perf_counter()
while len(times) < int(calls) and (not times or time.perf_counter() - started < 1.5):
    one = time.perf_counter()
    answer = tasks[case](lists["a"], lists["b"])
    times.append((time.perf_counter() - one) * 1000)
    if len(times) == 1:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with open(answer_file, "w") as file:
    json.dump({"times": times, "memoryMb": (peak - before) / 1024, "peakMb": peak / 1024, "answer": answer}, file)
