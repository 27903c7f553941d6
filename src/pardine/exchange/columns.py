"""What offices call their columns: one table of names in English, Russian and Chinese."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

# The first names of a row win where a table has several of them. Compared after `plain`.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "session": (
        "session", "sessionid", "session_id", "session_name", "session_code", "survey", "survey_id",
        "surveyid", "сессия", "код_сессии", "учет", "сезон", "会话", "调查", "调查期", "调查季", "季度",
    ),
    "station": (
        "station", "station_id", "stationid", "station_code", "station_name", "detector", "detector_id",
        "detectorid", "trap", "trap_id", "trapid", "camera_station", "станция", "код_станции",
        "номер_станции", "id_станции", "название_станции", "детектор", "ловушка", "фотоловушка", "точка",
        "站点", "站点编号", "站点id", "站点代码", "站点名称", "位点", "位点编号", "相机位点", "相机位点编号",
        "探测器", "相机站", "site_id", "site", "id", "code", "编号",
    ),
    "x": ("x", "x_m", "easting", "easting_m", "utm_x", "utm_e", "utm_easting", "x_coord", "coord_x",
          "координата_x", "координата_х", "х", "横坐标", "东坐标", "x坐标"),
    "y": ("y", "y_m", "northing", "northing_m", "utm_y", "utm_n", "utm_northing", "y_coord", "coord_y",
          "координата_y", "координата_у", "у", "纵坐标", "北坐标", "y坐标"),
    "longitude": ("longitude", "lon", "long", "lng", "decimal_longitude", "decimallongitude",
                  "longitude_deg", "долгота", "вд", "经度", "东经"),
    "latitude": ("latitude", "lat", "decimal_latitude", "decimallatitude", "latitude_deg", "широта",
                 "сш", "纬度", "北纬"),
    "crs": ("crs", "epsg", "srid", "coordinate_system", "система_координат", "坐标系", "坐标系统"),
    "individual": (
        "individual", "individual_id", "individualid", "individual_name", "animal", "animal_id",
        "animalid", "особь", "id_особи", "код_особи", "имя_особи", "животное", "кличка", "зверь",
        "个体", "个体编号", "个体id", "个体代码", "个体名称", "动物", "动物编号",
    ),
    "occasion": ("occasion", "occasion_number", "occ", "sampling_occasion", "интервал", "номер_интервала",
                 "окказия", "повторность", "场次", "取样期", "取样场次", "调查次"),
    "date": ("date", "capture_date", "detection_date", "datetime", "date_time", "timestamp", "дата",
             "дата_время", "дата_съемки", "日期", "拍摄日期", "时间", "拍摄时间"),
    "fix_time": ("fix_time", "time", "время", "время_локации", "定位时间"),
    "count": ("count", "counts", "n_detections", "detections", "number_of_detections", "n", "количество",
              "число", "число_регистраций", "регистраций", "数量", "次数", "计数", "探测次数"),
    "sex": ("sex", "gender", "пол", "性别"),
    "age_class": ("age_class", "ageclass", "age", "life_stage", "lifestage", "возраст",
                  "возрастной_класс", "возрастная_группа", "年龄", "年龄组", "年龄段", "年龄级"),
    "slot": ("slot", "camera_slot", "слот", "номер_камеры_на_станции", "槽位", "机位"),
    "start": ("start", "starts", "start_date", "starts_on", "date_start", "begin", "from", "deployment_start",
              "deploymentstart", "setup_date", "начало", "дата_начала", "установлена", "дата_установки",
              "开始", "开始日期", "开始时间", "起始日期", "布设日期"),
    "end": ("end", "ends", "end_date", "ends_on", "date_end", "finish", "to", "deployment_end",
            "deploymentend", "retrieval_date", "конец", "окончание", "дата_окончания", "дата_конца",
            "снята", "дата_снятия", "结束", "结束日期", "结束时间", "终止日期", "回收日期"),
    "state": ("state", "status", "cause", "reason", "состояние", "статус", "причина", "状态", "原因"),
    "arrive": ("arrive", "arrives", "arrival", "arrived", "visit", "visit_date", "visit_time", "checked_at",
               "прибытие", "приход", "дата_проверки", "дата_посещения", "到达", "到达时间", "检查日期",
               "检查时间"),
    "leave": ("leave", "leaves", "left", "departure", "departed", "уход", "отбытие", "离开", "离开时间"),
    "stopped": ("stopped", "stopped_at", "since", "failed_at", "last_worked", "остановилась", "не_работает_с",
                "停止时间", "停机时间"),
    "card_out": ("card_out", "card_taken", "card_removed", "old_card", "карта_снята", "снятая_карта",
                 "取出卡", "取出存储卡", "旧卡"),
    "card_in": ("card_in", "card_set", "card_left", "new_card", "карта_поставлена", "новая_карта",
                "放入卡", "放入存储卡", "新卡"),
    "serial": ("serial", "serial_number", "camera_serial", "camera_id", "camera", "серийный_номер",
               "номер_камеры", "камера", "序列号", "相机编号", "相机序列号"),
    "camera_left": ("camera_left", "camera_stays", "left_standing", "камера_оставлена", "оставлена",
                    "相机留下", "是否留机"),
    "utc_offset": ("utc_offset", "utc_offset_hours", "utc", "timezone_offset", "смещение_utc", "часовой_пояс",
                   "时区", "utc偏移"),
    "detector_type": ("detector_type", "detectortype", "type_of_detector", "тип_детектора", "探测器类型"),
    "n_occasions": ("n_occasions", "number_of_occasions", "occasions", "число_интервалов", "场次数"),
    "occasion_days": ("occasion_days", "occasion_length_days", "days_per_occasion", "дней_в_интервале",
                      "длина_интервала_дней", "每场天数", "场次天数"),
    "area_ha": ("area_ha", "cell_area_ha", "площадь_га", "面积公顷"),
    "area_m2": ("area_m2", "cell_area_m2", "площадь_м2", "面积平方米"),
    "area_km2": ("area_km2", "cell_area_km2", "площадь_км2", "面积平方公里"),
}  # fmt: skip

# A single column of effort without a number is the effort of the only occasion.
_EFFORT_WORDS = ("usage", "effort", "camera_days", "trap_nights", "trap_days", "station_days", "усилие",
                 "отработано_суток", "ловушко_суток", "努力", "努力量", "工作天数", "相机日")  # fmt: skip
_EFFORT = re.compile(rf"(?:{'|'.join(_EFFORT_WORDS)})(?:_?0*([1-9]\d{{0,3}}))?")
_UNIT = re.compile(r"[\s_,]*[(\[（][^()\[\]（）]*[)\]）]$|,[_ ]*[а-яёa-z0-9°]{1,4}$")
_JOINTS = re.compile(r"[\s_\-.]+")


def plain(name: str) -> str:
    """A column name without what offices write differently: case, blanks, units in brackets.

    Examples
    --------
    >>> plain("Station ID"), plain("Долгота (°)"), plain("x, m")
    ('station_id', 'долгота', 'x')
    """
    text = unicodedata.normalize("NFKC", name).casefold().replace("ё", "е").strip()
    return _JOINTS.sub("_", _UNIT.sub("", text)).strip("_")


def find_columns(header: Sequence[str], wanted: Iterable[str]) -> dict[str, str]:
    """Which column of the header stands for which known column.

    Parameters
    ----------
    header
        Names as the file has them.
    wanted
        Known columns of this kind of table, keys of `SYNONYMS`.

    Returns
    -------
    dict
        Known column to name in the header, for those that were found.
    """
    by_plain: dict[str, str] = {}
    for name in header:
        by_plain.setdefault(plain(name), name)
    found = {}
    for column in wanted:
        for synonym in SYNONYMS[column]:
            if synonym in by_plain:
                found[column] = by_plain[synonym]
                break
    return found


def find_effort_columns(header: Sequence[str]) -> dict[int, str]:
    """Columns of effort by the occasion they are for, in the order of occasions."""
    found: dict[int, str] = {}
    for name in header:
        if match := _EFFORT.fullmatch(plain(name)):
            found.setdefault(int(match.group(1) or 1), name)
    return dict(sorted(found.items()))
