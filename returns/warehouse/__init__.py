"""The warehouse desk: what comes back is scanned, unpacked, counted and judged."""
