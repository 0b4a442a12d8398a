# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The lines that `peers` prints: a ratio is the median of the ratios of the rounds, with the least and the largest.
import json

import programs
from peer_programs import Absent


class Report:
    def __init__(self, options):
        self.options = options
        self.absent = {}
        self.ratios = {}  # by (work, threads, peer, kind of job): (ratio, job)

    def present(self, candidates):
        """The peers whose maker succeeds, by name; of the others the reason is kept."""
        found = {}
        for name, make in candidates:
            try:
                found[name] = make()
            except Absent as reason:
                self.absent[str(reason)] = name
        return found

    def add(self, work, job, threads, peer, pairs, flops=0, peak=0, kinds=(), precision=None):
        """`pairs` are (our seconds, theirs) of each round; none where the peer has no such work. Means are over each kind."""
        if not pairs:
            return
        ratios = sorted(theirs / ours for ours, theirs in pairs)
        ours, theirs = (programs.median(side) for side in zip(*pairs))
        for kind in kinds or job.split()[:1]:
            self.ratios.setdefault((work, threads, peer, kind), []).append((programs.median(ratios), job))
        precision = precision or self.options.precision
        if self.options.json:
            line = {"work": work, "job": job, "precision": precision, "threads": threads, "peer": peer, "ours_s": ours,
                    "peer_s": theirs, "ratio": programs.median(ratios), "ratio_min": ratios[0], "ratio_max": ratios[-1]}
            line |= {name: value for name, value in (("flops", flops), ("peer_peak_rss_bytes", peak)) if value}
            print(json.dumps(line), flush=True)
            return
        rates = f" ({flops / ours / 1e9:7.1f} and {flops / theirs / 1e9:7.1f} GFLOP/s)" if flops else ""
        memory = f"  theirs peaks at {peak / 1e6:.0f} MB" if peak else ""
        print(f"{work:9} {job:22} {threads} threads {precision}: ours {ours * 1e3:10.3f} ms, {peer} {theirs * 1e3:10.3f} ms"
              f"{rates}: {programs.median(ratios):6.2f} x ({ratios[0]:.2f}-{ratios[-1]:.2f}){memory}", flush=True)

    def memory(self, job, peak):
        if self.options.json:
            print(json.dumps({"work": job.split()[0], "job": job, "ours_peak_rss_bytes": peak}), flush=True)
        else:
            print(f"{job}: ours peaks at {peak / 1e6:.0f} MB", flush=True)

    def means(self):
        """Geometric means over all jobs of a kind, and the worst: (work, threads, peer, kind, number of jobs, ratio, (ratio, job))."""
        for (work, threads, peer, kind), jobs in self.ratios.items():
            if len(jobs) > 1:
                yield work, threads, peer, kind, len(jobs), programs.geometric_mean([ratio for ratio, _ in jobs]), min(jobs)

    def finish(self):
        for work, threads, peer, kind, count, ratio, (least, job) in self.means():
            if self.options.json:
                print(json.dumps({"work": work, "kind": kind, "precision": self.options.precision, "threads": threads, "peer": peer,
                                  "jobs": count, "geometric_mean": ratio, "worst": least, "worst_job": job}))
            else:
                print(f"{work} {kind}, {threads} threads {self.options.precision}, {count} jobs: {ratio:.2f} x {peer} in geometric mean, "
                      f"{least:.2f} x at worst ({job})")
        for reason in self.absent:
            print(json.dumps({"absent": reason}) if self.options.json else f"not here: {reason}")
