"""A shop's after-sales rules: a part of its policy, edited as a new version."""

import pytest

from shops import after_sales, policy
from shops.models import Policy
from shops.policy import PolicyError
from shops.terms import changed
from tests.factories import AT, make_key, make_shop

pytestmark = pytest.mark.django_db
ADDRESS = {"name": "退货组", "phone": "13900000000", "detail": "杭州市良睦路 1 号"}


@pytest.fixture
def shop():
    return make_shop("mine")


def edit(shop, **rules):
    return policy.edit(shop, {"after_sales": rules}, "lead", AT)


def rules_of(shop):
    policy.forget()
    return policy.of(shop.pk).after_sales


def test_a_version_that_knows_no_rules_has_the_defaults():
    assert rules_of(make_shop(preset=False)) == after_sales.DEFAULT
    assert after_sales.of_data({"no_reason_freight": "both", "gone": 1}).no_reason_freight == "both"


def test_an_edit_is_a_new_version_and_the_old_one_stands(shop):
    edit(shop, return_address=ADDRESS, price_protection_days=7)
    edit(shop, free_shipping_from=9900, threshold_freight=800)
    now = rules_of(shop)
    assert (now.return_address, now.price_protection_days, now.free_shipping_from) == (ADDRESS, 7, 9900)
    assert policy.at_version(shop.pk, 2).after_sales.free_shipping_from is None
    assert Policy.objects.filter(shop=shop).count() == 3


def test_what_differs_is_said_in_words(shop):
    from shops import terms

    old = policy.at_version(shop.pk, 1)
    new = terms.changed(old, {"after_sales": {"evidence_reasons": ["quality"], "no_reason_freight": "both"}})
    said = {what: (a, b) for what, a, b in terms.differences(old, new)}
    assert said["须举证的原因"][1] == "质量问题"
    assert said["无理由退货的运费"][1] == "客户承担往返运费"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("return_address", {"name": "退货组"}),
        ("return_address", "杭州"),
        ("return_address", {**ADDRESS, "detail": "长" * 301}),
        ("no_reason_freight", "never"),
        ("exchange_freight", -1),
        ("exchange_freight", True),
        ("free_shipping_from", "99"),
        ("free_shipping_from", 9900),  # without the freight that then falls due
        ("evidence_reasons", ["qality"]),
        ("evidence_reasons", "quality"),
        ("exclusions_off", ["cheap"]),
        ("rules_off", ["no_such_rule"]),
        ("price_protection_days", 366),
        ("unheard_of", 1),
    ],
)
def test_a_wrong_setting_is_named_and_no_version_is_made(shop, name, value):
    with pytest.raises(PolicyError) as error:
        edit(shop, **{name: value})
    assert [place.split(".")[0] for place in error.value.errors] == ["after_sales"]
    assert Policy.objects.filter(shop=shop).count() == 1


def test_the_api_says_and_takes_them_in_yuan(shop, client):
    _key, token = make_key(shop, roles=["lead"])
    headers = {"Authorization": f"Bearer {token}"}
    told = {"after_sales": {"free_shipping_from": "99.00", "threshold_freight": "8.00", "rules_off": ["proof"]}}
    answer = client.patch("/api/v1/policies/mine/", told, content_type="application/json", headers=headers)
    assert answer.status_code == 200, answer.content
    assert answer.json()["after_sales"]["free_shipping_from"] == "99.00"
    assert rules_of(shop).free_shipping_from == 9900
    wrong = {"after_sales": {"threshold_freight": 8}}
    answer = client.patch("/api/v1/policies/mine/", wrong, content_type="application/json", headers=headers)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/after_sales/threshold_freight"


def test_the_form_changes_only_what_was_changed(shop):
    from shops.policy_form import PolicyForm

    edit(shop, return_address=ADDRESS, free_shipping_from=9900, threshold_freight=800)
    terms = policy.at_version(shop.pk, 2)
    form = PolicyForm(terms)
    data = {name: form[name].value() for name in form.fields}
    data = {name: value for name, value in data.items() if value not in (None, False)}
    same = PolicyForm(terms, data)
    assert same.is_valid(), same.errors
    assert changed(terms, same.changes()).after_sales == terms.after_sales
    other = PolicyForm(terms, {**data, "after_sales-threshold_freight": "9.50", "after_sales-evidence_reasons": []})
    assert other.is_valid()
    now = changed(terms, other.changes()).after_sales
    assert (now.threshold_freight, now.evidence_reasons) == (950, ())
    assert (now.return_address, now.free_shipping_from) == (ADDRESS, 9900)
