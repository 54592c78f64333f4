"""The bundled sample: invented oversight documents, drawn from `content/`, with a known answer key."""
