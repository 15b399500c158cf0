"""People talk about orders and returns: tickets, replies, assignment, quality, mood, figures. Floor 5."""
