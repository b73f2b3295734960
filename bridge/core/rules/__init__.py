"""Triage: rules and routes compiled to linear time, verdicts with their reasons, lints and examples."""

from bridge.core.rules.examples import Outcome, failed_tests, run_tests
from bridge.core.rules.givens import never_given
from bridge.core.rules.judging import RuleSet, compile_rules, explain, judge
from bridge.core.rules.lints import lint
from bridge.core.rules.protections import Protections, asked_beside, idle_protections

__all__ = [
    "Outcome",
    "Protections",
    "RuleSet",
    "asked_beside",
    "compile_rules",
    "explain",
    "failed_tests",
    "idle_protections",
    "judge",
    "lint",
    "never_given",
    "run_tests",
]
