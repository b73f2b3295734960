"""Triage: rules and routes compiled to linear time, verdicts with their reasons, lints and examples."""

from bridge.core.rules.judging import RuleSet, compile_rules, explain, judge

__all__ = ["RuleSet", "compile_rules", "explain", "judge"]
