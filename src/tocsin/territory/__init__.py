"""Where: the area tree, services, numbers, holidays and outlines of a country, and its routing plan."""

from tocsin.territory.area import Area
from tocsin.territory.demonstration import DEMONSTRATION, demonstration_plan
from tocsin.territory.faults import FolderError
from tocsin.territory.folder import load
from tocsin.territory.france import france
from tocsin.territory.network import Centre, Node, Operator
from tocsin.territory.numbering import ACCESSES, Numbering
from tocsin.territory.plan import Plan, Target
from tocsin.territory.plan_folder import check_plan, load_plan, note_on_plan
from tocsin.territory.service import Service
from tocsin.territory.territory import Territory

__all__ = [
    "ACCESSES",
    "DEMONSTRATION",
    "Area",
    "Centre",
    "FolderError",
    "Node",
    "Numbering",
    "Operator",
    "Plan",
    "Service",
    "Target",
    "Territory",
    "check_plan",
    "demonstration_plan",
    "france",
    "load",
    "load_plan",
    "note_on_plan",
]
