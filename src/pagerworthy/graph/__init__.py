"""The dependency graph: who needs what, in which order, and what breaks if something breaks."""

from pagerworthy.graph.availability import Ceiling, Ceilings, Factor, Factors, Survived, ceilings, rounded_down
from pagerworthy.graph.cycles import Cycle, find_cycles, hard_cycles, soft_cycles
from pagerworthy.graph.dependency_graph import DependencyGraph
from pagerworthy.graph.export import EXPORTERS
from pagerworthy.graph.facts import GraphFacts, graph_facts, with_ceilings
from pagerworthy.graph.impact import Affected, Impact, PromiseAtRisk, Told, impact_of
from pagerworthy.graph.layers import layers_of
from pagerworthy.graph.node import Edge, Node, NodeKind, Redundancy, Relation, external_id
from pagerworthy.graph.order import DeployOrder, deploy_order
from pagerworthy.graph.single_points import SinglePoint, SinglePoints, failing_services, single_points

__all__ = [
    "EXPORTERS",
    "Affected",
    "Ceiling",
    "Ceilings",
    "Cycle",
    "DependencyGraph",
    "DeployOrder",
    "Edge",
    "Factor",
    "Factors",
    "GraphFacts",
    "Impact",
    "Node",
    "NodeKind",
    "PromiseAtRisk",
    "Redundancy",
    "Relation",
    "SinglePoint",
    "SinglePoints",
    "Survived",
    "Told",
    "ceilings",
    "deploy_order",
    "external_id",
    "failing_services",
    "find_cycles",
    "graph_facts",
    "hard_cycles",
    "impact_of",
    "layers_of",
    "rounded_down",
    "single_points",
    "soft_cycles",
    "with_ceilings",
]
