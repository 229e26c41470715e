"""What goes into a bundle, what it is held to, and what is told about it."""

import importlib.util
import json
import struct
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget

import build
import build_checks
import build_linux
import bundle_contents
import make_icon
import notices
import strip_elf
import without_opengl
from dev_system import SetupError

PLUGINS = "PySide6/Qt/plugins"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        (f"{PLUGINS}/platforms/libqxcb.so", True),
        (f"{PLUGINS}/platforms/libqwayland.so", True),
        (f"{PLUGINS}/platforms/libqoffscreen.so", True),
        (f"{PLUGINS}/platforms/libqeglfs.so", False),
        (f"{PLUGINS}/platformthemes/libqgtk3.so", False),
        (f"{PLUGINS}/imageformats/libqjpeg.so", True),
        (f"{PLUGINS}/imageformats/libqtiff.so", False),
        (f"{PLUGINS}/sqldrivers/libqsqlite.so", False),
        ("PySide6/plugins/platforms/qwindows.dll", True),
        ("PySide6/plugins/styles/qmodernwindowsstyle.dll", True),
        (f"{PLUGINS}/platforms/libqcocoa.dylib", True),
        ("PySide6/Qt/lib/libQt6Core.so.6", True),
        ("numpy/linalg/_umath_linalg.so", True),
    ],
)
def test_plugins_of_use_are_kept(name, kept):
    assert bundle_contents.keep_plugin(name) is kept


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("trimtab-1.dist-info/METADATA", True),
        ("trimtab-1.dist-info/direct_url.json", False),
        ("keyring-1.dist-info/INSTALLER", False),
        ("lxml/isoschematron/resources/rng/iso-schematron.rng", False),
        ("PySide6/Qt/translations/qt_de.qm", False),
        ("resources/tax/2026.toml", True),
    ],
)
def test_data_of_use_are_kept(name, kept):
    assert bundle_contents.keep_data((name, f"/{name}", "DATA")) is kept


def test_drawing_by_opengl_is_refused_and_nothing_else_is_answered_for(qapp):
    finder = without_opengl.WithoutOpenGL()
    assert finder.find_spec("PySide6.QtGui") is None
    made = {}
    for name in without_opengl.NAMES:
        spec = finder.find_spec(name)
        made[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(made[name])
    widget = made["PySide6.QtOpenGLWidgets"].QOpenGLWidget
    assert issubclass(widget, QWidget)
    with pytest.raises(NotImplementedError, match="without OpenGL"):
        widget()
    assert set(without_opengl.NAMES) <= set(bundle_contents.EXCLUDED_MODULES)


def test_what_only_dropped_plugins_needed_goes_with_them_down_to_the_last_library():
    needs = {
        f"{PLUGINS}/platforms/libqxcb.so": ["libQt6XcbQpa.so.6"],
        f"{PLUGINS}/platforms/libqeglfs.so": ["libQt6EglFSDeviceIntegration.so.6"],
        "PySide6/Qt/lib/libQt6XcbQpa.so.6": ["libxcb.so.1"],
        "PySide6/Qt/lib/libQt6EglFSDeviceIntegration.so.6": ["libinput.so.10"],
        "libinput.so.10": ["libudev.so.1"],
    }
    names = [*needs, "libxcb.so.1", "libudev.so.1", "libpython3.11.so.1.0"]
    entries = [(name, f"/{name}", "BINARY") for name in names]
    entries.append(("PySide6/QtCore.abi3.so", "/PySide6/QtCore.abi3.so", "EXTENSION"))
    left = bundle_contents.prune(entries, lambda source: needs.get(source[1:], []))
    assert [name for name, _, _ in left] == [
        f"{PLUGINS}/platforms/libqxcb.so",
        "PySide6/Qt/lib/libQt6XcbQpa.so.6",
        "libxcb.so.1",
        "libpython3.11.so.1.0",  # nothing is linked to it: the program in front loads it
        "PySide6/QtCore.abi3.so",
    ]


def test_windows_runtime_is_never_pruned():
    entries = [(name, name, "BINARY") for name in ("python311.dll", "VCRUNTIME140.dll", "libcrypto-3.dll")]
    assert bundle_contents.prune(entries, lambda _: []) == entries


def test_links_lead_to_what_is_kept():
    file = ("a/libx.so.1", "/x", "BINARY")
    good, dangling = ("libx.so.1", "a/libx.so.1", "SYMLINK"), ("liby.so.1", "a/liby.so.1", "SYMLINK")
    up = ("b/libx.so", "../a/libx.so.1", "SYMLINK")
    assert bundle_contents.without_dangling([file, good, dangling, up], [file]) == [file, good, up]


def test_unresolved_libraries_are_found_in_the_log_and_those_of_gtk_do_not_count():
    log = """\
103584 WARNING: Library not found: could not resolve 'libgtk-3.so.0', dependency of 'libqgtk3.so'.
103585 WARNING: Library not found: could not resolve 'libxcb-keysyms.so.1', dependency of 'libqxcb.so'.
103586 WARNING: Library user32 required via ctypes not found
"""
    assert build_checks.unresolved(log) == ["libxcb-keysyms.so.1"]


def test_a_file_that_names_the_builders_folders_is_found(tmp_path):
    root, bundle = tmp_path / "checkout", tmp_path / "bundle"
    (bundle / "inner").mkdir(parents=True)
    (bundle / "clean.json").write_text(json.dumps({"url": "file:///opt/trimtab"}))
    (bundle / "inner" / "code.pyc").write_bytes(
        b"\xe3\x00" + str(root / "build" / "bundle" / "venv").encode() + b"\xf3"
    )
    assert build_checks.traces(bundle, root) == ["inner/code.pyc"]
    (bundle / "inner" / "code.pyc").unlink()
    assert build_checks.traces(bundle, root) == []


def test_budgets_are_told_with_both_figures(tmp_path):
    file = tmp_path / "budgets.toml"
    file.write_text("[all]\nmegabytes = 100\nfiles = 10\n[linux]\nmegabytes = 90\n[win32]\nmegabytes = 120\n")
    allowed = build_checks.budgets(file, "linux")
    assert allowed == {"megabytes": 90, "files": 10}
    assert build_checks.over_budget({"megabytes": 90.5, "files": 10}, allowed) == [
        "megabytes: 90.50 measured, 90.00 allowed"
    ]
    assert build_checks.budgets(file, "win32")["megabytes"] == 120
    assert build_checks.budgets(system="linux")["start_seconds"] > 0


def program(tmp_path: Path, lines: str) -> Path:
    path = tmp_path / "program"
    path.write_text(f"#!{sys.executable}\nimport json, os, sys, time\n{lines}\n")
    path.chmod(0o755)
    return path


@pytest.mark.skipif(sys.platform == "win32", reason="scripts are not programs there")
def test_a_smoke_test_counts_from_the_start_and_is_alone(tmp_path):
    path = program(
        tmp_path,
        "assert not [key for key in os.environ if key.startswith('PYTHON')]\n"
        "assert os.environ['https_proxy'].endswith(':9')\n"
        "print(json.dumps({'at': {'painted': time.time()}, 'version': '1', 'files': {}}))",
    )
    answer = build_checks.smoke(path)
    assert 0 < answer["seconds"]["painted"] <= answer["seconds"]["ended"]


@pytest.mark.skipif(sys.platform == "win32", reason="scripts are not programs there")
@pytest.mark.parametrize("lines", ["sys.exit('it broke')", "print('it broke', file=sys.stderr); print('{}')"])
def test_a_smoke_test_that_fails_or_complains_fails_the_build(lines, tmp_path):
    with pytest.raises(SetupError, match="it broke"):
        build_checks.smoke(program(tmp_path, lines))


def test_icons_hold_every_size_where_their_systems_look():
    pictures = make_icon.draw(make_icon.SOURCE.read_bytes())
    for size, body in pictures.items():
        assert body.startswith(b"\x89PNG")
        assert struct.unpack(">II", body[16:24]) == (size, size)
    windows = make_icon.ico({size: pictures[size] for size in make_icon.ICO_SIZES})
    reserved, kind, count = struct.unpack("<HHH", windows[:6])
    assert (reserved, kind, count) == (0, 1, len(make_icon.ICO_SIZES))
    for place, size in enumerate(make_icon.ICO_SIZES):
        side, *_, length, offset = struct.unpack("<BBBBHHII", windows[6 + 16 * place : 22 + 16 * place])
        assert side == size % 256
        assert windows[offset : offset + length] == pictures[size]
    apple = make_icon.icns(pictures)
    assert apple[:4] == b"icns"
    assert struct.unpack(">I", apple[4:8])[0] == len(apple)
    place, kinds = 8, []
    while place < len(apple):
        kinds.append(apple[place : place + 4])
        place += struct.unpack(">I", apple[place + 4 : place + 8])[0]
    assert place == len(apple)
    assert {b"ic07", b"ic10"} <= set(kinds)


def test_bill_of_materials_and_notices_tell_what_files_came_from():
    import attrs as library
    import numpy

    contents = [
        ["attr", library.__file__.replace("attrs", "attr"), "PYMODULE"],
        ["numpy", numpy.__file__, "PYMODULE"],
        ["json", json.__file__, "PYMODULE"],
        ["NamespacePackage", "-", "PYMODULE"],
    ]
    parts = notices.parts_of(contents)
    assert {part.name.lower() for part in parts} == {"attrs", "numpy", "python"}


def test_a_file_from_nowhere_fails_the_build(tmp_path):
    stray = tmp_path / "stray.bin"
    stray.write_text("")
    with pytest.raises(SystemExit, match=r"stray\.bin"):
        notices.parts_of([["stray.bin", str(stray), "DATA"]])


def test_a_part_without_a_text_fails_the_build_and_shared_texts_are_printed_once():
    mit = notices.Part("one", "1", "MIT", texts=[("LICENSE", "Be kind.\n\nShare.")])
    same = notices.Part("two", "2", "MIT", texts=[("LICENSE", "Be kind. Share.\n")])
    text = notices.notices([mit, same])
    assert text.count("Be kind.") == 1
    assert "the same text as of one" in text
    with pytest.raises(SystemExit, match="three"):
        notices.notices([mit, notices.Part("three", "3", "")])


def test_what_lies_inside_others_is_listed_with_its_texts():
    qt = notices.Part("PySide6-Essentials", "6", "LGPL", "pkg:pypi/pyside6-essentials@6")
    nested = notices.inside([qt])
    assert any("GNU LESSER GENERAL PUBLIC LICENSE" in text for _, text in qt.texts)
    document = notices.sbom("1.2.3", [qt], nested)
    assert document["bomFormat"] == "CycloneDX"
    (component,) = document["components"]
    assert [inner["name"] for inner in component["components"]] == ["Qt 6, Qt for Python"]
    assert document["dependencies"][0]["dependsOn"] == [component["bom-ref"]]
    assert notices.sbom("1.2.3", [qt], nested) == document
    folder = Path(notices.__file__).parent / "licences"
    named = {name for one in notices.KNOWN["inside"] for name in one["texts"]}
    assert named == {path.name for path in folder.iterdir()}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="ELF is the format of Linux")
def test_a_stripped_library_is_taken_only_when_it_can_still_be_loaded(tmp_path, monkeypatch):
    import _struct

    library = tmp_path / "liba.so"
    library.write_bytes(Path(_struct.__file__ or sys.executable).read_bytes())
    good = library.read_bytes()
    assert strip_elf.is_loadable(good)
    with pytest.raises(ValueError, match="ELF"):
        strip_elf.is_loadable(b"MZ" + good)

    def spoil(command, **_):
        body = bytearray(good)
        (table,) = struct.unpack_from("<Q", body, 0x20)
        for place in range(table, table + 56 * struct.unpack_from("<H", body, 0x38)[0], 56):
            if struct.unpack_from("<I", body, place)[0] == 1:
                struct.pack_into("<Q", body, place + 16, struct.unpack_from("<Q", body, place + 16)[0] + 8)
        Path(command[3]).write_bytes(body)
        return strip_elf.subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(strip_elf.subprocess, "run", spoil)
    assert strip_elf.strip_libraries(tmp_path) == (0, [library])
    assert library.read_bytes() == good
    assert list(tmp_path.iterdir()) == [library]


def test_templates_are_filled_and_a_name_without_a_value_is_an_error():
    assert build_linux.filled("v @VERSION@ a@b", {"VERSION": "1"}) == "v 1 a@b"
    with pytest.raises(KeyError):
        build_linux.filled("@DATE@", {})


def test_menu_entry_file_type_and_program_agree(tmp_path):
    root, icons = build.ROOT, tmp_path / "icons"
    icons.mkdir()
    for size in build_linux.ICON_SIZES:
        (icons / f"trimtab-{size}.png").write_bytes(b"x")
    build_linux.shared_files(root, icons, tmp_path / "share", "1.2.3")
    entry = (tmp_path / "share/applications/trimtab.desktop").read_text()
    kind = (tmp_path / "share/mime/packages/trimtab.xml").read_text()
    store = (tmp_path / "share/metainfo/app.trimtab.Trimtab.metainfo.xml").read_text()
    assert "MimeType=application/x-trimtab-book;" in entry
    assert 'type="application/x-trimtab-book"' in kind
    assert 'pattern="*.trimtab"' in kind
    assert '<release version="1.2.3"' in store
    assert (tmp_path / "share/icons/hicolor/48x48/apps/trimtab.png").exists()
    assert 'setDesktopFileName("trimtab")' in (root / "desktop" / "app.py").read_text("utf-8")


def test_what_cannot_be_built_here_is_said_in_words(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(build, "DIST", tmp_path)
    assert build.main(["deb"]) == 1
    assert "no bundle yet" in capsys.readouterr().err
    assert build.main(["check"]) == 1
    assert build.main(["fly"]) == 2
    assert build.main([]) == 0
    told = capsys.readouterr().out
    for command in ("bundle", "deb", "tarball", "appimage", "installer", "dmg"):
        assert f"  {command}" in told


def test_the_window_bears_the_same_icon_as_the_packages(qapp):
    from PySide6.QtGui import QColor

    from widgets.theme.icons import program_icon

    icon = program_icon()
    drawn = icon.pixmap(64, 64).toImage()
    assert QColor(drawn.pixel(48, 48)).name() == "#f2a93b"  # the small-value corner of the box
    assert not icon.isNull()
