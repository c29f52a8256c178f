"""What the demo's labels say of allergens and nutrition, by what a product's name ends with. All made up, as the demo is."""

from typing import Any

from catalog.food_label import FIGURES, Allergen, in_grams

RICE = ("贡米", "大米", "珍米", "桥米", "稻米")
# Of a name: what is in it, what may have come in; nothing of either: its team says that it has none of the eight.
ALLERGENS: dict[str, tuple[list[Allergen], list[Allergen]]] = {
    "鸡蛋": ([Allergen.EGGS], []),
    "核桃": ([Allergen.NUTS], [Allergen.PEANUTS]),
    "板栗": ([Allergen.NUTS], []),
    "花生": ([Allergen.PEANUTS], [Allergen.NUTS]),
    "河蟹": ([Allergen.CRUSTACEANS], []),
    "龙虾": ([Allergen.CRUSTACEANS], [Allergen.FISH]),
    "鱼干": ([Allergen.FISH], [Allergen.CRUSTACEANS]),
    "鱼丸": ([Allergen.FISH, Allergen.EGGS], [Allergen.CRUSTACEANS]),
    "黄鳝": ([Allergen.FISH], []),
    "蜜": ([], []),
    "茶油": ([], []),
    **dict.fromkeys(RICE, ([], [])),
}
# kJ, tenths of a gram of protein, fat and carbohydrate, mg of sodium: in 100 g, of what is poured in 100 ml.
NUTRITION: dict[str, tuple[int, int, int, int, int]] = {
    "蜜": (1343, 4, 0, 786, 4),
    "茶油": (3404, 0, 920, 0, 0),
    **dict.fromkeys(RICE, (1464, 72, 8, 772, 3)),
    "腊肉": (2006, 120, 480, 15, 1900),
    "牛肉干": (1285, 450, 90, 110, 1200),
    "鱼丸": (488, 110, 40, 90, 720),
}
POURED = {"茶油"}


def food_label_of(name_zh: str) -> dict[str, Any]:
    """What is said on the label of a product of this name; nothing where nothing is known of it."""
    label: dict[str, Any] = {}
    for ending, (contained, perhaps) in ALLERGENS.items():
        if name_zh.endswith(ending):
            label["allergens"] = [one.value for one in contained]
            label["may_contain"] = [one.value for one in perhaps]
            label["has_no_allergens"] = not contained and not perhaps
    for ending, figures in NUTRITION.items():
        if name_zh.endswith(ending):
            per = "ml" if ending in POURED else "g"
            label |= {"nutrition_per": per, **dict(zip(FIGURES, figures, strict=True))}
    return label


def as_cells(label: dict[str, Any]) -> dict[str, Any]:
    """The same as a table of an import has it."""
    cells = {name: in_grams(value) if name.endswith("_tenths") else value for name, value in label.items()}
    for name in ("allergens", "may_contain"):
        if name in cells:
            cells[name] = "、".join(Allergen(one).words.zh for one in label[name])
    if cells.pop("has_no_allergens", False):
        cells["allergens"] = "无"
    return cells
