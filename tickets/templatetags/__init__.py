"""Words of the desk on its pages."""
