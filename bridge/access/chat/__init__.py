"""What chat floors share, whatever they speak: what desks bring, names that people see, and agents' orders."""
