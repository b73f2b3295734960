"""Everything RFC-level about mail, pure."""
