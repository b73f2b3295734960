"""Triage: rules and routes compiled to linear time, verdicts with their reasons, lints and examples."""

from bridge.core.rules.examples import Outcome, run_tests
from bridge.core.rules.judging import RuleSet, compile_rules, explain, judge
from bridge.core.rules.lints import lint

__all__ = ["Outcome", "RuleSet", "compile_rules", "explain", "judge", "lint", "run_tests"]
