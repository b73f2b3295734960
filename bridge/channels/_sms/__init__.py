"""What channels of text messages share: words that give and take consent, people by their numbers, quiet hours, and what a segment costs."""
