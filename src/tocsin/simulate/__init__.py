"""The country that never was: demand, callers, network, queues and outages, to rehearse on. All of it is simulated."""

from tocsin.simulate.country import Country, build
from tocsin.simulate.history import history
from tocsin.simulate.records import Records, Vantage, records
from tocsin.simulate.scenario import Scenario, load, names
from tocsin.simulate.truth import Truth

__all__ = ["Country", "Records", "Scenario", "Truth", "Vantage", "build", "history", "load", "names", "records"]
