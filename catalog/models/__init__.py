from catalog.models.application import ApplicationPaper, ApplicationPaperFile, TeamApplication
from catalog.models.check import DepartmentCheck
from catalog.models.former import FormerSlug, FormerTeamSlug
from catalog.models.lot import Lot, Reservation
from catalog.models.news import TeamNews
from catalog.models.product import Category, Certificate, ListingReview, Picture, Product
from catalog.models.question import ProductQuestion
from catalog.models.search import SearchEntry, SearchWord
from catalog.models.sheet import ListingSheet, ListingSheetContent
from catalog.models.sold import SoldDisclosure
from catalog.models.synonym import Synonym
from catalog.models.team import Leader, Team, TeamMember
from catalog.models.variant import PriceStory, Variant, VariantChange

__all__ = [
    "ApplicationPaper",
    "ApplicationPaperFile",
    "Category",
    "Certificate",
    "DepartmentCheck",
    "FormerSlug",
    "FormerTeamSlug",
    "Leader",
    "ListingReview",
    "ListingSheet",
    "ListingSheetContent",
    "Lot",
    "Picture",
    "PriceStory",
    "Product",
    "ProductQuestion",
    "Reservation",
    "SearchEntry",
    "SearchWord",
    "Synonym",
    "Team",
    "TeamApplication",
    "TeamMember",
    "TeamNews",
    "SoldDisclosure",
    "Variant",
    "VariantChange",
]
