"""What the toy steps do beside moving."""

from flows.effects import Add, Implies, Moot, Refused, Save, Start, Take, Tell, Unwind, Wind

from .models import Call, Note
from .tables import CALL, CLAIM, JOB


@JOB.on("start")
def begin(job, *, words=""):
    if words == "nobody":
        raise Refused("没有人做", "input", job)
    job.words = words or job.words
    return [Add(Note(job=job, text=words))] if words else None


@JOB.on("note")
def note(job, *, words, phone="", boom=False):
    if boom:
        raise ValueError("boom")
    job.words = words
    return [Add(Note(job=job, text=words))]


@JOB.on("lapse")
def lapse(job):
    job.gone_why = "lapsed"


@JOB.on("drop")
def drop(job):
    job.gone_why = "dropped"


@JOB.told("send")
def tell_send(job, *, at, parts=("",), words=None):
    """The data part of "send": parcels; said to be signed already where the words are so."""
    if words == "nothing":
        raise Refused("没有包裹", "input", job)
    if words == "old":
        return [Moot("旧闻")]
    known = job.tally
    job.tally = {**known, **dict.fromkeys(parts, at.isoformat())}
    job.sent_at = min(job.sent_at or at, at)
    step = "sign" if words == "signed" else "send"
    winds = [Wind("track", part, at) for part in parts if part and part not in known]
    return [Implies(step, at), *winds, *([Add(Note(job=job, text=words))] if words else [])]


@JOB.told("rework")
def tell_rework(job, *, at):
    """A report that amounts to a step which undoes a fact."""
    return [Implies("unpack", at)]


@JOB.told("scan")
def tell_scan(job, *, at, part):
    """A report that is no step: the parcel was seen."""
    return [Unwind("track", part)]


@JOB.told("words")
def tell_words(job, *, at, words, then=""):
    """A register: the newest wins; it amounts to an ordinary step, and to a fact where asked."""
    if job.words_at and at <= job.words_at:
        return [Moot("已有更新的")]
    job.words_at = at
    return [Implies("note", at, {"words": words}), *([Implies(then, at)] if then else [])]


@JOB.on("join")
def join(job, *, into):
    job.gone_why = "joined"
    return [Take("job", into, "absorb", {"words": job.words})]


@JOB.on("absorb")
def absorb(job, *, words):
    job.words = f"{job.words}+{words}"


@JOB.touches("join")
def joined(inputs):
    return [inputs["into"]] if inputs else []


@JOB.on("poke")
def poke_job(job, *, asked=()):
    return asked


@CLAIM.on("poke")
def poke_claim(claim, *, asked=()):
    return asked


@CALL.on("answer")
def answer(call, *, outcome):
    call.outcome = outcome
    return [Tell("call.heard", {"outcome": outcome})]


@JOB.late("track")
def untracked(job, part):
    """No scan of a parcel: somebody calls."""
    return [Start(Call(shop_id=job.shop_id, number=f"{job.number}-{part}", job=job, state="open"))]


def bring_notes(jobs):
    notes = {}
    for n in Note.objects.filter(job__in=[j.pk for j in jobs]):
        notes.setdefault(n.job_id, []).append(n)
    for j in jobs:
        j.notes = notes.get(j.pk, [])


JOB.brings(bring_notes, "unpack", "rework")


@JOB.on("unpack")
def unpack(job):
    for n in job.notes:
        n.read = True
    return [Save(n, "read") for n in job.notes]


@JOB.after("bounce", "resend")
def told_of(job):
    """An upper floor reacts."""
    return [Tell("job.heard_above", {"state": job.state})]


@JOB.needs("pack", "send")
def nothing_claimed(job):
    return "有索赔未了" if job.words == "claimed" else ""
