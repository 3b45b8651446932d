"""The syntax tree types that other rooms may name, and queries over them."""

from tree_sitter import Language, Node, Query, QueryCursor, Tree

__all__ = ["CompiledQuery", "Node", "Tree", "compile_query", "run"]


class CompiledQuery:
    """A tree-sitter query that is ready to run on trees of one language."""

    def __init__(self, query: Query) -> None:
        self.query = query


def compile_query(language: Language, text: str) -> CompiledQuery:
    """Return the compiled query.

    Raises:
        ValueError: If the text is no query of the language; the message says where.
    """
    try:
        return CompiledQuery(Query(language, text))
    except Exception as error:  # the binding raises its own QueryError, which it does not export everywhere
        raise ValueError(str(error)) from error


def run(query: CompiledQuery, root: Node) -> dict[str, list[Node]]:
    """Return the captured nodes by capture name, each list in source order."""
    # The binding collects nodes in a set, so their order changes from run to run.
    found = QueryCursor(query.query).captures(root)
    return {name: sorted(nodes, key=lambda node: (node.start_byte, -node.end_byte)) for name, nodes in found.items()}
