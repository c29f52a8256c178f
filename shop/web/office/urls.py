"""The office: what waits for whoever is appointed to something, and what she does about it."""

from functools import partial

from django.urls import path

from shop.web.office.details import household, open_details
from shop.web.office.figures import figures_file
from shop.web.office.shop import shop
from shop.web.page import page

# Each is about what its own reader may see.
_page = partial(page, for_somebody=True)

urlpatterns = [
    path("<language:lang>/office/", _page("office/office"), name="office"),
    path("<language:lang>/office/listings/", _page("office/listings"), name="office_listings"),
    path("<language:lang>/office/listings/<str:id>/", _page("office/listing"), name="office_listing"),
    path("<language:lang>/office/news/", _page("office/news"), name="office_news"),
    path("<language:lang>/office/products/", _page("office/products"), name="office_products"),
    path("<language:lang>/office/refunds/", _page("office/refunds"), name="office_refunds"),
    path("<language:lang>/office/disputes/", _page("office/disputes"), name="office_disputes"),
    path("<language:lang>/office/claims/", _page("office/claims"), name="office_claims"),
    path("<language:lang>/office/reviews/", _page("office/reviews"), name="office_reviews"),
    path("<language:lang>/office/parked/", _page("office/parked"), name="office_parked"),
    path("<language:lang>/office/closures/", _page("office/closures"), name="office_closures"),
    path("<language:lang>/office/synonyms/", _page("office/synonyms"), name="office_synonyms"),
    path("<language:lang>/office/coupons/", _page("office/coupons"), name="office_coupons"),
    path("<language:lang>/office/webhooks/", _page("office/webhooks"), name="office_webhooks"),
    path("<language:lang>/office/invoices/", _page("office/invoices"), name="office_invoices"),
    path("<language:lang>/office/figures/", _page("office/figures"), name="office_figures"),
    path("<language:lang>/office/figures.<str:form>", figures_file, name="office_figures_file"),
    path("<language:lang>/office/audit/", _page("office/audit"), name="office_audit"),
    path("<language:lang>/office/questions/", _page("office/questions"), name="office_questions"),
    path("<language:lang>/office/supporters/", _page("office/supporters"), name="office_supporters"),
    path("<language:lang>/office/people/", _page("office/people"), name="office_people"),
    path("<language:lang>/office/people/new/", _page("office/appoint"), name="office_appoint"),
    path("<language:lang>/office/accounts/", _page("office/accounts"), name="office_accounts"),
    path("<language:lang>/office/accounts/<str:id>/", _page("office/account"), name="office_account"),
    path("<language:lang>/office/orders/", _page("office/orders"), name="office_orders"),
    path("<language:lang>/office/orders/<str:number>/", _page("office/order"), name="office_order"),
    path("<language:lang>/office/teams/", _page("office/teams"), name="office_teams"),
    path("<language:lang>/office/teams/<str:id>/", _page("office/team"), name="office_team"),
    path("<language:lang>/office/applications/", _page("office/applications"), name="office_applications"),
    path("<language:lang>/office/households/", _page("office/households"), name="office_households"),
    path("<language:lang>/office/households/<str:id>/", household, name="office_household"),
    path(
        "<language:lang>/office/corrections/<str:id>/",
        _page("office/correction"),
        name="office_correction",
    ),
    path("<language:lang>/office/organisations/", _page("office/organisations"), name="office_organisations"),
    path(
        "<language:lang>/office/organisations/<str:id>/",
        _page("office/organisation"),
        name="office_organisation",
    ),
    path("<language:lang>/office/registrations/", _page("office/registrations"), name="office_registrations"),
    path("<language:lang>/office/quality/", _page("office/quality"), name="office_quality"),
    path("<language:lang>/office/logistics/", _page("office/logistics"), name="office_logistics"),
    path("<language:lang>/office/women/", _page("office/women"), name="office_women"),
    path("<language:lang>/office/media/", _page("office/media"), name="office_media"),
    path("do/open_details/", open_details),
    # The shop's own facts are written where it was set up.
    path("<language:lang>/office/shop/", shop, name="office_shop"),
]
