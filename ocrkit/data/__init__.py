"""Images and labels: records, sources, drawing, batching."""
