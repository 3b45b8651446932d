"""Text becomes syntax; the only room that imports tree_sitter."""
