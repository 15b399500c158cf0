"""Who is at the desk and how much they carry: everybody's own switch, and the lead's page that sees it and moves it."""
