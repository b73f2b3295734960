"""The only orchestration: each file one loop."""
