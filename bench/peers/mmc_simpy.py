#!/usr/bin/python3
"""M/M/c in SimPy 2 (Debian's python3-simpy): as many processes as customers, one resource. Prints customers a second and
the mean wait."""
import random
import sys
import time

from SimPy.Simulation import Process, Resource, Simulation, hold, release, request

customers, rate, servers = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
random.seed(1)
waited = 0.0


class Customer(Process):
    def visit(self, desk):
        global waited
        came = self.sim.now()
        yield request, self, desk
        waited += self.sim.now() - came
        yield hold, self, random.expovariate(1.0)
        yield release, self, desk


class Source(Process):
    def go(self, desk):
        for _ in range(customers):
            yield hold, self, random.expovariate(rate)
            one = Customer(sim=self.sim)
            self.sim.activate(one, one.visit(desk))


begin = time.perf_counter()
simulation = Simulation()
simulation.initialize()
desk = Resource(capacity=servers, sim=simulation)
source = Source(sim=simulation)
simulation.activate(source, source.go(desk))
simulation.simulate(until=1e12)
took = time.perf_counter() - begin
print(f"SimPy 2: {customers / took:.0f} customers/s, mean wait {waited / customers:.4f}")
