"""A team's desk."""

from django.urls import path

from shop.web.desk.board import orders
from shop.web.desk.invoice import invoice_file, upload_invoice, upload_red_invoice
from shop.web.desk.label import upload_return_label, uploaded_label
from shop.web.desk.numbers import import_numbers, send_numbers, to_send
from shop.web.desk.packing import team_packing, team_papers
from shop.web.desk.picture import update_product, upload_picture
from shop.web.desk.sold import sold_file
from shop.web.desk.statement import statement_file
from shop.web.desk.tables import import_listings, listings_file
from shop.web.desk.today import today
from shop.web.desk.weights import import_weights, weights_file
from shop.web.page import page

urlpatterns = [
    path("<language:lang>/desk/", today, name="desk"),
    path("<language:lang>/desk/new/", page("desk/new", for_somebody=True), name="desk_new"),
    path("<language:lang>/desk/orders/", orders, name="desk_orders"),
    path("<language:lang>/desk/send/", page("desk/send", for_somebody=True), name="desk_send"),
    path("<language:lang>/desk/numbers/", page("desk/numbers", for_somebody=True), name="desk_numbers"),
    path("<language:lang>/desk/to-send.<slug:form>", to_send, name="desk_to_send"),
    path("do/import_numbers/", import_numbers, name="import_numbers"),
    path("do/send_numbers/", send_numbers, name="send_numbers"),
    path("<language:lang>/desk/prices/", page("desk/prices", for_somebody=True), name="desk_prices"),
    path("<language:lang>/desk/tables/", page("desk/tables", for_somebody=True), name="desk_tables"),
    path("<language:lang>/desk/tables/<slug:kind>.<slug:form>", listings_file, name="listings_file"),
    path("do/import_listings/", import_listings, name="import_listings"),
    path("<language:lang>/desk/papers/<slug:kind>.pdf", team_papers, name="team_papers"),
    path("<language:lang>/desk/claims/", page("desk/claims", for_somebody=True), name="desk_claims"),
    path("<language:lang>/desk/questions/", page("desk/questions", for_somebody=True), name="desk_questions"),
    path("<language:lang>/desk/news/", page("desk/news", for_somebody=True), name="desk_news"),
    path("<language:lang>/desk/results/", page("desk/results", for_somebody=True), name="desk_results"),
    path("<language:lang>/desk/packing.csv", team_packing, name="team_packing"),
    path(
        "<language:lang>/desk/product/<str:id>/", page("desk/product", for_somebody=True), name="desk_product"
    ),
    path(
        "<language:lang>/desk/product/<str:id>/lot/<str:lot>/",
        page("desk/lot", for_somebody=True),
        name="desk_lot",
    ),
    path("<language:lang>/desk/lots/<str:lot>/weights.csv", weights_file, name="weights_file"),
    path("do/import_weights/", import_weights, name="import_weights"),
    path(
        "<language:lang>/desk/lots/<str:lot>/harvest/",
        page("desk/harvest", for_somebody=True),
        name="desk_harvest",
    ),
    path("<language:lang>/desk/lots/", page("desk/lots", for_somebody=True), name="desk_lots"),
    path(
        "<language:lang>/desk/households/", page("desk/households", for_somebody=True), name="desk_households"
    ),
    path("<language:lang>/desk/integrity/", page("desk/integrity", for_somebody=True), name="desk_integrity"),
    path("<language:lang>/desk/team/", page("desk/team", for_somebody=True), name="desk_team"),
    path("<language:lang>/desk/contest/", page("desk/contest", for_somebody=True), name="desk_contest"),
    path("<language:lang>/desk/people/", page("desk/people", for_somebody=True), name="desk_people"),
    path("<language:lang>/desk/coupons/", page("desk/coupons", for_somebody=True), name="desk_coupons"),
    path("<language:lang>/desk/webhooks/", page("desk/webhooks", for_somebody=True), name="desk_webhooks"),
    path("<language:lang>/desk/statement/", page("desk/statement", for_somebody=True), name="desk_statement"),
    path("<language:lang>/desk/statement.<str:form>", statement_file, name="desk_statement_file"),
    path("<language:lang>/desk/sold.<str:form>", sold_file, name="desk_sold_file"),
    path("<language:lang>/desk/invoices/", page("desk/invoices", for_somebody=True), name="desk_invoices"),
    path("<language:lang>/invoices/<str:id>/", invoice_file, name="invoice_file"),
    path("<language:lang>/desk/returns/<str:parcel>/label.pdf", uploaded_label, name="uploaded_label"),
    path("do/upload_return_label/", upload_return_label, name="upload_return_label"),
    path("do/upload_invoice/", upload_invoice, name="upload_invoice"),
    path("do/upload_red_invoice/", upload_red_invoice, name="upload_red_invoice"),
    path("do/update_product/", update_product),
    path("do/upload_picture/", upload_picture, name="upload_picture"),
]
