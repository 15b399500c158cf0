"""Returns and disputes on the desk: every door of the case, every step from its form, evidence, links, the search."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from flows.acting import STAFF, buttons
from returns.models import Dispute, Evidence, Return
from returns.tables import RETURN

from .pages import LIST, page_of, text
from .return_scenes import Scenes, fresh, jpeg
from .scenes import ROLES, Desk

pytestmark = pytest.mark.django_db
RETURNS = "/admin/returns/return/"
DISPUTES = "/admin/returns/dispute/"


@pytest.fixture
def scenes(desk):
    desk.products()
    return Scenes(desk)


def at(subject, view="", *args):
    base = DISPUTES if isinstance(subject, Dispute) else RETURNS
    return f"{base}{subject.pk}/{view or 'change'}/{''.join(f'{a}/' for a in args)}"


def press(client, subject, step, **posted):
    return client.post(at(subject, "step", step), {"version": subject.version, **posted})


# ---- the doors of a case
def test_a_case_is_entered_by_its_order_and_by_its_return_and_each_shows_the_other(scenes, sits):
    ret = scenes.requested(words="鞋底开胶，走了两天")
    client = sits("agent")
    theirs, ours = text(client.get(page_of(ret.order))), text(client.get(at(ret)))
    assert ret.number in theirs
    assert "质量问题" in theirs
    for said in (ret.order.number, "退货退款", "鞋底开胶，走了两天", "处理申请", "售后期", "跑步鞋"):
        assert said in ours
    dispute = scenes.dispute(ret, reason="客户不认可")
    page = text(client.get(at(dispute)))
    for said in (ret.number, ret.order.number, "平台举证", "鞋底开胶", "客户不认可"):
        assert said in page
    assert dispute.number in text(client.get(at(ret)))
    assert dispute.number in text(client.get(page_of(ret.order)))


def test_the_platforms_own_status_and_deadline_stand_beside_ours(scenes, sits):
    ret = scenes.requested()
    Return.objects.filter(pk=ret.pk).update(
        platform={"status": "6", "label": "待商家处理", "version": "3"},
        dues={"handle": ["2030-01-02T10:00:00+08:00", "2029-12-30T10:00:00+08:00"]},
    )
    page = text(sits("agent").get(at(ret)))
    for said in ("平台状态", "待商家处理", "v3", "平台时限", "2030"):
        assert said in page


def test_the_eligibility_is_shown_with_its_words_and_its_source(scenes, sits):
    page = text(sits("agent").get(at(scenes.requested(reason="quality"))))
    assert "请先要求举证" in page
    assert "可以这样对客户说" in page


@pytest.mark.parametrize("role", ROLES)
def test_the_buttons_are_the_steps_that_the_role_may_take(scenes, sits, role):
    for ret in (scenes.requested(), scenes.inspected()):
        ret = fresh(ret)
        page = sits(role).get(at(ret)).content.decode()
        offered = {b.step for b in buttons(RETURN, ret, [role]) if b.open}
        assert {s for s in RETURN.rows if f'/{ret.pk}/step/{s}/"' in page} == offered


# ---- opening
def test_a_return_is_opened_from_its_order_with_photos(scenes, sits):
    order, client = scenes.signed(), sits("agent")
    opening = f"{RETURNS}open/{order.pk}/"
    assert opening in client.get(page_of(order)).content.decode()
    page = client.get(opening)
    assert 'value="return_refund" checked' in page.content.decode()
    posted = {"kind": "exchange", "reason": "wrong_item", "lines-0-quantity": "1", "words": "颜色发错了",
              "evidence-files": [jpeg("a.jpg"), jpeg("b.jpg", (1, 2, 3))]}  # fmt: skip
    assert client.post(opening, posted).status_code == 302
    ret = Return.objects.get(order=order)
    assert (ret.kind, ret.reason, ret.words, ret.opened_by) == ("exchange", "wrong_item", "颜色发错了", "desk")
    assert [(x.line.line, x.quantity) for x in ret.lines.select_related("line")] == [("1", 1)]
    assert Evidence.objects.filter(of=ret, stage="application", giver="agent").count() == 2


def test_what_is_already_in_a_return_is_not_offered_again(scenes, sits):
    ret = scenes.requested(lines=[{"line": "1", "quantity": 2}])
    page = text(sits("agent").get(f"{RETURNS}open/{ret.order_id}/"))
    assert "纯棉短袜" in page.split("客户要求退款金额")[0]
    assert "跑步鞋" not in page.split("客户要求退款金额")[0].split("退换的商品")[-1]


@pytest.mark.parametrize(("posted", "said"), [
    ({}, "售后类型"),
    ({"kind": "return_refund"}, "原因"),
    ({"kind": "return_refund", "reason": "quality", "lines-0-quantity": "99"}, "件"),
    ({"kind": "return_refund", "reason": "quality", "lines-0-quantity": "1", "amount": "1e3"}, "最多两位小数"),
    ({"kind": "return_refund", "reason": "quality"}, "退换的商品"),
])  # fmt: skip
def test_a_bad_application_is_said_beside_its_field_and_nothing_is_written(scenes, sits, posted, said):
    order = scenes.signed()
    page = sits("agent").post(f"{RETURNS}open/{order.pk}/", posted)
    assert page.status_code == 400
    assert said in text(page)
    assert not Return.objects.exists()


def test_only_agents_and_leads_open_and_nobody_in_another_shop(scenes, sits):
    order = scenes.signed()
    for role in ("warehouse", "auditor"):
        assert sits(role).get(f"{RETURNS}open/{order.pk}/").status_code == 403
    other = Desk(name="别人的店")
    assert sits(other.people["lead"]).get(f"{RETURNS}open/{order.pk}/").status_code == 404
    assert not Return.objects.exists()


def test_a_dispute_is_opened_from_its_return_once(scenes, sits):
    ret, client = scenes.requested(), sits("agent")
    posted = {"reason": "协商不成", "words": "客户说假货", "due_at": "2030-01-02T10:30"}
    assert client.post(at(ret, "dispute"), posted).status_code == 302
    dispute = Dispute.objects.get(of=ret)
    assert (dispute.state, dispute.reason, dispute.opened_by) == ("opened", "协商不成", "desk")
    assert "2030" in text(client.get(at(dispute)))
    assert client.post(at(ret, "dispute"), posted).status_code == 400
    assert Dispute.objects.count() == 1


# ---- forms
def test_an_approval_is_filled_with_the_rules_and_leaves_them_unsaid(scenes, sits):
    ret, client = scenes.requested(), sits("agent")
    page = client.get(at(ret, "step", "approve")).content.decode()
    assert 'value="seller" checked' in page
    assert "请先判断：还没有凭证" in page
    assert press(client, ret, "approve", freight_by="seller").status_code == 302
    found = fresh(ret)
    assert (found.state, found.freight_by, found.freight_why) == ("awaiting_return", "seller", "")


def test_an_approval_asks_only_what_arises(scenes, sits):
    def form(ret):
        return sits("agent").get(at(ret, "step", "approve")).content.decode()

    page = form(scenes.requested("refund_only", "price_protection"))
    assert "退货地址" not in page
    assert 'name="freight_by"' not in page
    page = form(scenes.requested())
    assert 'name="freight_by"' in page
    assert 'name="override_why"' not in page
    page = form(scenes.requested("return_refund", "no_reason", order=scenes.late()))
    assert page.index('name="override_why"') < page.index('name="freight_by"')


def test_going_against_the_rules_needs_a_reason_which_stays_with_the_return(scenes, sits):
    ret, client = scenes.requested(reason="no_reason", order=scenes.late()), sits("agent")
    assert "按规则不能同意" in text(client.get(at(ret, "step", "approve")))
    refused = press(client, ret, "approve")
    assert refused.status_code == 409
    assert "要破例，请填写原因" in text(refused)
    assert fresh(ret).state == "requested"
    assert press(client, ret, "approve", override_why="老客户，店长同意").status_code == 302
    assert fresh(ret).state == "awaiting_return"
    assert "破例同意：老客户，店长同意" in text(client.get(at(ret)))


def test_three_plans_are_offered_and_only_what_was_said_of_them_counts(scenes, sits):
    ret, client = scenes.requested(), sits("agent")
    page = client.get(at(ret, "step", "offer")).content.decode()
    assert page.count('name="plans-0-kind"') == 3  # one button a choice
    assert 'name="plans-2-kind"' in page
    wrong = press(client, ret, "offer", **{"plans-0-kind": "cash", "plans-0-words": "今天打款"})
    assert wrong.status_code == 400
    assert "现金补偿须写明金额" in text(wrong)
    posted = {"plans-0-kind": "cash", "plans-0-amount": "20.00", "plans-0-words": "今天打款",
              "plans-2-kind": "coupon", "plans-2-words": "下单可用"}  # fmt: skip
    assert press(client, ret, "offer", **posted).status_code == 302
    offer = fresh(ret).offers.get()
    assert [(p["kind"], p.get("amount")) for p in offer.plans] == [("cash", 2000), ("coupon", None)]
    page = text(client.get(at(ret, "step", "accept_offer")))
    assert "方案 1：补偿现金 ¥20.00" in page


def test_a_refusal_takes_its_proof_from_what_is_there_and_from_new_files(scenes, sits):
    ret = scenes.requested(reason="quality")
    photo, client = scenes.photo(ret), sits("agent")
    page = client.get(at(ret, "step", "refuse")).content.decode()
    assert "multipart/form-data" in page
    assert f'value="{photo.pk}"' in page
    assert press(client, ret, "refuse", why="不是质量问题").status_code == 400
    posted = {"why": "不是质量问题", "proof": [photo.pk], "proof-files": [jpeg("own.jpg", (9, 9, 9))]}
    assert press(client, ret, "refuse", **posted).status_code == 302
    assert fresh(ret).state == "refused"
    assert Evidence.objects.filter(of=ret, giver="agent", stage="refusal").count() == 1


def test_a_file_that_is_none_is_said_beside_the_proof_and_the_step_is_not_taken(scenes, sits):
    ret, client = scenes.requested(reason="quality"), sits("agent")
    posted = {"why": "不是质量问题", "proof-files": [SimpleUploadedFile("x.jpg", b"no photo", "image/jpeg")]}
    page = press(client, ret, "refuse", **posted)
    assert page.status_code == 400
    assert "x.jpg" in text(page)
    assert fresh(ret).state == "requested"
    assert not Evidence.objects.exists()


def test_the_inspection_sorts_every_piece_by_its_condition(scenes, sits):
    ret, client = scenes.received(reason="no_reason", lines=[{"line": "1", "quantity": 2}]), sits("warehouse")
    page = client.get(at(ret, "step", "inspect")).content.decode()
    assert 'name="lines-0-sellable" value="2"' in page
    posted = {"lines-0-sellable": "1", "lines-0-defective": "1", "lines-0-not_ours": "0", "lines-0-words": "鞋面有划痕"}
    assert press(client, ret, "inspect", **posted).status_code == 302
    line = fresh(ret).lines.get()
    assert (line.sellable, line.defective, line.not_ours) == (1, 1, 0)
    assert "残次 1" in text(sits("agent").get(at(ret)))


def test_a_refund_names_what_it_is_made_of_and_is_filled_with_it(scenes, sits):
    ret, client = scenes.inspected(lines=[{"line": "1", "quantity": 2}]), sits("agent")
    page = client.get(at(ret, "step", "refund"))
    assert "退款 ¥378.00" in text(page)
    assert 'name="goods" value="378.00"' in page.content.decode()
    taken = press(client, ret, "refund", goods="378.00", freight="0.00", compensation="0.00")
    assert taken.status_code == 302, text(taken)
    assert fresh(ret).state == "refunding"
    assert "退款 378.00" in text(client.get(at(ret))).replace("¥", "")


# ---- evidence and links
def test_evidence_is_shown_in_the_story_and_served_to_the_shop_only(scenes, sits):
    ret, client = scenes.requested(), sits("agent")
    photo = scenes.photo(ret)
    address = at(ret, "evidence", photo.pk)
    assert address in client.get(at(ret)).content.decode()
    served = client.get(address)
    assert served.status_code == 200
    assert served["X-Content-Type-Options"] == "nosniff"
    other = Desk(name="别人的店")
    assert sits(other.people["lead"]).get(address).status_code == 404
    second = scenes.requested()
    assert client.get(at(second, "evidence", photo.pk)).status_code == 404


def test_evidence_is_added_on_the_page_and_what_is_none_is_said(scenes, sits):
    ret, client = scenes.requested(), sits("agent")
    assert client.get(at(ret, "upload")).status_code == 405
    client.post(at(ret, "upload"), {"files": [jpeg()], "words": "聊天截图", "stage": "dispute"})
    kept = Evidence.objects.get(of=ret)
    assert (kept.stage, kept.words, kept.giver) == ("dispute", "聊天截图", "agent")
    page = client.post(at(ret, "upload"), {}, follow=True)
    assert "请选择文件或写下说明" in text(page)
    assert Evidence.objects.count() == 1


def test_the_customers_link_is_made_shown_once_and_revoked(scenes, sits, client):
    ret, agent = scenes.requested(), sits("agent")
    assert agent.get(at(ret, "link")).status_code == 405
    shown = agent.post(at(ret, "link"), {"do": "make"})
    link = shown.context["link"]
    assert "no-store" in shown["Cache-Control"]
    assert link in shown.content.decode()
    assert ret.number not in link
    local = link.replace("http://testserver", "")
    assert client.get(local).status_code == 200
    agent.post(at(ret, "link"), {"do": "revoke"})
    assert client.get(local).status_code != 200
    assert sits("warehouse").post(at(ret, "link"), {"do": "make"}).status_code == 403


def test_the_pack_is_downloaded_by_who_works_in_the_shop(scenes, sits):
    ret = scenes.requested()
    told = sits("agent").get(at(ret, "pack"))
    assert told["Content-Type"] == "application/zip"
    assert b"".join(told.streaming_content)[:2] == b"PK"
    assert "下载了证据包" in text(sits("agent").get(at(ret)))


# ---- queues and search
@pytest.mark.parametrize(("queue", "role", "make"), [
    ("to_handle", "agent", lambda s: s.requested()),
    ("awaiting_customer", "agent", lambda s: s.approved()),
    ("to_inspect", "warehouse", lambda s: s.received()),
    ("to_decide", "agent", lambda s: s.inspected()),
])  # fmt: skip
def test_a_return_stands_in_the_queue_of_who_goes_on_with_it(scenes, sits, queue, role, make):
    ret = make(scenes)
    page = text(sits(role).get(f"{RETURNS}?queue={queue}"))
    assert ret.number in page
    assert "退货退款" in page


def test_disputes_have_their_queue_and_empty_ones_say_what_will_appear(scenes, sits):
    client = sits("agent")
    assert "先举证，再等裁决" in text(client.get(f"{DISPUTES}?queue=disputes"))
    for queue in ("to_handle", "to_decide", "intercepting", "awaiting_customer"):
        assert "没有" in text(client.get(f"{RETURNS}?queue={queue}"))
    dispute = scenes.dispute()
    assert dispute.number in text(client.get(f"{DISPUTES}?queue=disputes"))


def test_approvals_are_taken_many_at_once_with_a_result_per_row(scenes, sits):
    good = [scenes.requested(reason="no_reason") for _ in range(2)]
    too_late = scenes.requested(reason="no_reason", order=scenes.late())
    those = [*good, too_late]
    posted = {"step": "approve", "pk": [r.pk for r in those], **{f"v-{r.pk}": r.version for r in those}}
    page = text(sits("agent").post(f"{RETURNS}batch/", posted))
    assert "3 行，成功 2" in page
    assert {fresh(r).state for r in good} == {"awaiting_return"}
    assert "要破例，请填写原因" in page
    assert fresh(too_late).state == "requested"


def test_the_search_finds_a_return_by_its_number_and_by_the_parcel_that_came_back(scenes, sits):
    ret, client = scenes.returning(), sits("agent")
    parcel = ret.parcels.get()
    for asked in (ret.number, parcel.tracking_number, parcel.tracking_number.lower()):
        found = client.get("/admin/search/", {"q": asked})
        assert found.status_code == 302, asked
        assert found["Location"] == at(ret)
    other = Desk(name="别人的店")
    assert "没有找到" in text(sits(other.people["lead"]).get("/admin/search/", {"q": ret.number}))


def test_no_address_opens_a_return_of_another_shop(scenes, sits):
    ret = scenes.requested()
    dispute, photo = scenes.dispute(ret), scenes.photo(ret)
    stranger = sits(Desk(name="别人的店").people["lead"])
    for address in (at(ret), at(ret, "moved"), at(ret, "step", "approve"), at(ret, "dispute"), at(ret, "pack"),
                    at(ret, "evidence", photo.pk), at(ret, "slip"), at(dispute)):  # fmt: skip
        assert stranger.get(address).status_code == 404, address
    for address in (at(ret, "upload"), at(ret, "link")):
        assert stranger.post(address).status_code == 404, address
    for address in (RETURNS, DISPUTES, LIST):
        assert ret.order.number not in text(stranger.get(address))
    assert STAFF
