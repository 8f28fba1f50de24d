"""What follows from a record alone is worked out once, and never outlives the record."""

import copy
import pickle

from engine.models.lasting import Lasting


class Crowd(Lasting):
    names: tuple[str, ...]


asked: list[Crowd] = []


def sizes(crowd: Crowd) -> list[int]:
    asked.append(crowd)
    return [len(name) for name in crowd.names]


def test_the_same_is_handed_back_when_it_is_asked_again() -> None:
    crowd = Crowd(names=("甲", "乙丙"))
    before = len(asked)
    assert crowd.once(sizes) == [1, 2]
    assert crowd.once(sizes) is crowd.once(sizes)
    assert len(asked) == before + 1


def test_a_changed_copy_remembers_nothing_of_the_old_one() -> None:
    crowd = Crowd(names=("甲",))
    assert crowd.once(sizes) == [1]
    assert crowd.model_copy(update={"names": ("乙丙",)}).once(sizes) == [2]
    assert copy.copy(crowd).once(sizes) is not crowd.once(sizes)


def test_what_was_worked_out_is_no_part_of_the_record() -> None:
    crowd, other = Crowd(names=("甲",)), Crowd(names=("甲",))
    crowd.once(sizes)
    assert crowd == other
    assert hash(crowd) == hash(other)
    assert crowd.model_dump() == {"names": ("甲",)}
    assert crowd.model_dump_json() == other.model_dump_json()
    assert pickle.dumps(crowd) == pickle.dumps(other)
