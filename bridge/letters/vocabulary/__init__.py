"""Words by which machines betray themselves in mail, by kind and language."""
