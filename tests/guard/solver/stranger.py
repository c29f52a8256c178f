"""The statistician at the public door: documents without a sign-in, as anybody sends them."""

from typing import Any

from tests.accounts.world import Asker

LABEL = """query L($slug: String!) { product(slug: $slug) { householdBps variants { price { minor } unitsAvailable
  isPlenty lot { code isTraced levelName place harvestFrom harvestTo bestBefore shipBy isPresale } } } }"""
BOARD = "{ board { rows { entry { team { slug } } figures { net { minor } } } } }"


class Stranger(Asker):
    """Nobody in particular, who asks and writes down what is answered."""

    def product(self, slug: str) -> dict[str, Any]:
        """What is told of a product and of the lot that its next unit comes from."""
        return self.ask(LABEL, slug=slug)["product"]

    def nets(self) -> dict[str, int]:
        """Fen that each entry of the board stands at, by its team."""
        rows = self.ask(BOARD)["board"]["rows"]
        return {row["entry"]["team"]["slug"]: row["figures"]["net"]["minor"] for row in rows}
