"""The shelves that most shops of this kind have: to be ticked when a shop is set up."""

CATEGORIES = {  # slug: (zh, en)
    "fruit": ("水果", "Fruit"),
    "tea": ("茶", "Tea"),
    "vegetable": ("蔬菜", "Vegetables"),
    "mushroom": ("菌菇", "Mushrooms"),
    "nut": ("坚果", "Nuts"),
    "grain": ("米面杂粮", "Grain and staples"),
    "honey": ("蜂蜜", "Honey"),
    "meat": ("腌腊肉品", "Cured meat"),
    "aquatic": ("水产", "From the water"),
    "egg": ("禽蛋", "Eggs"),
    "oil": ("食用油", "Oil"),
    "pickle": ("腌菜酱菜", "Pickles"),
    "alcohol": ("米酒黄酒", "Rice wine"),
    "sideline": ("手作副业", "Sidelines"),
}
