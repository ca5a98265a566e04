"""What printing, paper, scanner and file format do to a line."""
