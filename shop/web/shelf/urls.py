"""What is on the shelf, and whose it is."""

from django.urls import path

from shop.web.page import page

urlpatterns = [
    path("<language:lang>/", page("shelf/home", may_be_empty=True), name="home"),
    path("<language:lang>/shop/", page("shelf/catalogue"), name="catalogue"),
    path("<language:lang>/suggestions/", page("shelf/suggestions"), name="suggestions"),
    path("<language:lang>/p/<slug:slug>/", page("shelf/product", otherwise="shelf/off_sale"), name="product"),
    path("<language:lang>/teams/", page("shelf/teams"), name="teams"),
    path("<language:lang>/gi/<slug:number>/", page("shelf/gi"), name="gi"),
    path("<language:lang>/brand/<slug:number>/", page("shelf/brand"), name="brand"),
    path("<language:lang>/place/<slug:code>/", page("shelf/place"), name="place"),
    path("<language:lang>/place/<slug:code>/<slug:village>/", page("shelf/village"), name="village"),
    path("<language:lang>/t/<slug:slug>/", page("shelf/team"), name="team"),
]
