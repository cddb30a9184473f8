"""An import contract of our own: a slice's views and forms are its own business."""

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

PRIVATE = ("views", "forms")
SHARED = "foundation"


class PrivatePages(Contract):  # type: ignore[misc]
    """No module outside a slice imports that slice's views or forms, save those named in `allowed_importers`."""

    type_name = "private_pages"
    package = fields.StringField()
    allowed_importers = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        trespasses = [
            f"{importer} imports {page}"
            for page in sorted(graph.modules)
            if self._owner(page)
            for importer in sorted(graph.find_modules_that_directly_import(page))
            if not self._may_import(importer, str(self._owner(page)))
        ]
        return ContractCheck(kept=not trespasses, metadata={"trespasses": trespasses})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for trespass in check.metadata["trespasses"]:
            output.print_error(trespass, bold=False)

    def _owner(self, module: str) -> str | None:
        """The slice whose page this module is: `app.cart` for `app.cart.views` and all that lies below it."""
        parts = module.split(".")
        is_page = len(parts) >= 3 and parts[0] == self.package and parts[1] != SHARED and parts[2] in PRIVATE
        return ".".join(parts[:2]) if is_page else None

    def _may_import(self, importer: str, owner: str) -> bool:
        return importer in self.allowed_importers or importer == owner or importer.startswith(f"{owner}.")
