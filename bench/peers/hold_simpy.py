#!/usr/bin/env python3
"""The hold model on SimPy 2 (Debian's python3-simpy): N processes that each wait, again and again, an
exponential time with a mean of one second. Prints events per second of the processor's
time after a warm-up.
Usage: hold_simpy.py PENDING EVENTS"""
import random
import sys
import time

from SimPy.Simulation import Process, Simulation, hold

draws = random.Random(1)
handled = 0
limits = []
marks = []


class Waiter(Process):
    def run(self):
        global handled
        while True:
            yield hold, self, draws.expovariate(1.0)
            handled += 1
            if handled >= limits[0]:
                limits.pop(0)
                marks.append(time.process_time())
                if not limits:
                    self.sim.stopSimulation()


def main():
    pending, events = int(sys.argv[1]), int(sys.argv[2])
    limits.extend([2 * pending, 2 * pending + events])
    simulation = Simulation()
    simulation.initialize()
    for _ in range(pending):
        process = Waiter(sim=simulation)
        simulation.activate(process, process.run())
    simulation.simulate(until=1e12)
    print("simpy %d %.0f" % (pending, events / (marks[1] - marks[0])))


main()
