"""The pretix seating-plan format, piece by piece. Pure.

Each piece (plan, zone, row, seat, area) has its own adapter, which leaves the pieces inside it
unchecked: what a bad document can cost is then bounded by its largest piece. `app/plans.py` walks
the pieces and checks what no single one can know: unique labels, declared categories, and that an
area has the object its shape names.

What comes out of an adapter is canonical: a copy with the keys that were given, and whole numbers
as int, so that 120 and 120.0 are one plan.
"""

import re
from typing import Annotated, Any, Final, Literal, NotRequired, get_args

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, TypeAdapter, with_config
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

CATEGORIES_MAX: Final = 1_000  # The ledger keeps a seat's category as a smallint.
POINTS_MAX: Final = 10_000
KEYS_MAX: Final = 30  # No piece has more than 9; each unknown one is a fault of its own.
TEXT_CHARS_MAX: Final = 200
NOTE_CHARS_MAX: Final = 1_000  # What an area says; nobody types or sorts by it.
COORDINATE_MAX: Final = 1_000_000  # Far beyond any venue; keeps sums and scales exact on screen.
DEFAULT_COLOR: Final = "#888888"

_COLOR = re.compile(
    r"#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})"
    r"|(?:rgb|hsl)a?\(\s*[-+.\d]+(?:%|deg)?(?:[\s,/]+[-+.\d]+%?){2,3}\s*\)",
    re.ASCII,
)

# CSS Color Module Level 4, section 6.1.
_COLOR_NAMES = frozenset(
    """
    aliceblue antiquewhite aqua aquamarine azure beige bisque black blanchedalmond blue blueviolet
    brown burlywood cadetblue chartreuse chocolate coral cornflowerblue cornsilk crimson cyan
    darkblue darkcyan darkgoldenrod darkgray darkgreen darkgrey darkkhaki darkmagenta
    darkolivegreen darkorange darkorchid darkred darksalmon darkseagreen darkslateblue
    darkslategray darkslategrey darkturquoise darkviolet deeppink deepskyblue dimgray dimgrey
    dodgerblue firebrick floralwhite forestgreen fuchsia gainsboro ghostwhite gold goldenrod gray
    green greenyellow grey honeydew hotpink indianred indigo ivory khaki lavender lavenderblush
    lawngreen lemonchiffon lightblue lightcoral lightcyan lightgoldenrodyellow lightgray
    lightgreen lightgrey lightpink lightsalmon lightseagreen lightskyblue lightslategray
    lightslategrey lightsteelblue lightyellow lime limegreen linen magenta maroon
    mediumaquamarine mediumblue mediumorchid mediumpurple mediumseagreen mediumslateblue
    mediumspringgreen mediumturquoise mediumvioletred midnightblue mintcream mistyrose moccasin
    navajowhite navy oldlace olive olivedrab orange orangered orchid palegoldenrod palegreen
    paleturquoise palevioletred papayawhip peachpuff peru pink plum powderblue purple
    rebeccapurple red rosybrown royalblue saddlebrown salmon sandybrown seagreen seashell sienna
    silver skyblue slateblue slategray slategrey snow springgreen steelblue tan teal thistle
    tomato transparent turquoise violet wheat white whitesmoke yellow yellowgreen
    """.split()
)


def _shortest(value: float) -> float:
    return int(value) if value.is_integer() else value


def _color(value: str) -> str:
    lower = value.lower()
    if lower in _COLOR_NAMES or _COLOR.fullmatch(lower):
        return value
    raise PydanticCustomError("color", "Input should be a CSS color, such as #7f4a91")


def _few_keys(value: object) -> object:
    if isinstance(value, dict) and len(value) > KEYS_MAX:
        raise PydanticCustomError(
            "too_many_keys", "Object should have at most {max} keys", {"max": KEYS_MAX}
        )
    return value


_Number = Annotated[
    float,
    Field(ge=-COORDINATE_MAX, le=COORDINATE_MAX, allow_inf_nan=False),
    AfterValidator(_shortest),
]
_Whole = Annotated[
    float, Field(ge=0, le=COORDINATE_MAX, multiple_of=1, allow_inf_nan=False), AfterValidator(int)
]
_Positive = Annotated[
    float, Field(ge=1, le=COORDINATE_MAX, multiple_of=1, allow_inf_nan=False), AfterValidator(int)
]
# PostgreSQL keeps no NUL in a text.
_Text = Annotated[str, Field(max_length=TEXT_CHARS_MAX, pattern=r"^[^\x00]*$")]
_Note = Annotated[str, Field(max_length=NOTE_CHARS_MAX, pattern=r"^[^\x00]*$")]
_Color = Annotated[str, Field(max_length=TEXT_CHARS_MAX), AfterValidator(_color)]
_Shape = Literal["polygon", "rectangle", "ellipse", "circle", "text"]
_BOUNDED = BeforeValidator(_few_keys)
_STRICT = ConfigDict(strict=True, extra="forbid")


@with_config(_STRICT)
class _Position(TypedDict):
    x: _Number
    y: _Number


_PositionPiece = Annotated[_Position, _BOUNDED]


@with_config(_STRICT)
class _Size(TypedDict):
    width: _Positive
    height: _Positive


@with_config(_STRICT)
class _Category(TypedDict):
    name: _Text
    color: NotRequired[_Color]


@with_config(_STRICT)
class _Plan(TypedDict):
    name: _Text
    size: Annotated[_Size, _BOUNDED]
    categories: Annotated[list[Annotated[_Category, _BOUNDED]], Field(max_length=CATEGORIES_MAX)]
    zones: list[Any]


@with_config(_STRICT)
class _Zone(TypedDict):
    position: _PositionPiece
    rows: list[Any]
    areas: NotRequired[list[Any]]
    name: NotRequired[_Text]
    zone_id: NotRequired[_Text]
    uuid: NotRequired[_Text]


@with_config(_STRICT)
class _Row(TypedDict):
    row_number: _Text
    seats: list[Any]
    position: NotRequired[_PositionPiece]
    row_label: NotRequired[_Text | None]
    seat_label: NotRequired[_Text | None]
    row_number_position: NotRequired[Literal["start", "end", "both"] | None]
    uuid: NotRequired[_Text]


@with_config(_STRICT)
class _Seat(TypedDict):
    seat_guid: Annotated[_Text, Field(min_length=1)]
    seat_number: _Text
    position: _PositionPiece
    category: _Text
    radius: NotRequired[_Positive]
    start_direction: NotRequired[Literal["<", ">", "<>"] | None]
    uuid: NotRequired[_Text]


@with_config(_STRICT)
class _Polygon(TypedDict):
    points: Annotated[list[_PositionPiece], Field(max_length=POINTS_MAX)]


@with_config(_STRICT)
class _Rectangle(TypedDict):
    width: _Whole
    height: _Whole


@with_config(_STRICT)
class _Ellipse(TypedDict):
    radius: _PositionPiece


@with_config(_STRICT)
class _Circle(TypedDict):
    radius: _Whole


@with_config(_STRICT)
class _AreaText(TypedDict):
    text: _Note
    position: _PositionPiece
    color: NotRequired[_Color]
    size: NotRequired[_Positive]


@with_config(_STRICT)
class _Area(TypedDict):
    shape: NotRequired[_Shape]
    color: NotRequired[_Color]
    border_color: NotRequired[_Color]
    rotation: NotRequired[_Number]
    position: NotRequired[_PositionPiece]
    polygon: NotRequired[Annotated[_Polygon, _BOUNDED]]
    rectangle: NotRequired[Annotated[_Rectangle, _BOUNDED]]
    ellipse: NotRequired[Annotated[_Ellipse, _BOUNDED]]
    circle: NotRequired[Annotated[_Circle, _BOUNDED]]
    text: NotRequired[Annotated[_AreaText, _BOUNDED]]
    uuid: NotRequired[_Text]


SHAPES: Final[tuple[str, ...]] = get_args(_Shape)

PLAN: Final[TypeAdapter[Any]] = TypeAdapter(Annotated[_Plan, _BOUNDED])
ZONE: Final[TypeAdapter[Any]] = TypeAdapter(Annotated[_Zone, _BOUNDED])
ROW: Final[TypeAdapter[Any]] = TypeAdapter(Annotated[_Row, _BOUNDED])
SEAT: Final[TypeAdapter[Any]] = TypeAdapter(Annotated[_Seat, _BOUNDED])
AREA: Final[TypeAdapter[Any]] = TypeAdapter(Annotated[_Area, _BOUNDED])
