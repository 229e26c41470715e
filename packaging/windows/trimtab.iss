; Inno Setup 6 script of the Windows installer. Compiled by `py packaging\build.py installer`, which defines
; AppVersion, Bundle (the built folder), Icons and OutputDir, and /Ssign=... where TRIMTAB_SIGN is set.
; Installs for one user without administrator's rights; administrators may choose all users.

#ifndef AppVersion
  #error Run this through packaging\build.py installer
#endif

[Setup]
AppId={{6C1F6A54-7D0B-4E0F-9D0E-2B7D4B1C9A31}
AppName=Trimtab
AppVersion={#AppVersion}
AppVerName=Trimtab {#AppVersion}
AppPublisher=The Trimtab authors
VersionInfoVersion={#AppVersion}
DefaultDirName={autopf}\Trimtab
DefaultGroupName=Trimtab
DisableProgramGroupPage=yes
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
LicenseFile={#Bundle}\licences\Trimtab-LICENSE.txt
OutputDir={#OutputDir}
OutputBaseFilename=trimtab-{#AppVersion}-windows-x64
SetupIconFile={#Icons}\trimtab.ico
UninstallDisplayIcon={app}\trimtab-window.exe
Compression=lzma2/max
SolidCompression=yes
WizardStyle=modern
ChangesAssociations=yes
ChangesEnvironment=yes
CloseApplications=yes
#ifdef Sign
SignTool=sign
SignedUninstaller=yes
#endif

[Tasks]
Name: desktopicon; Description: "{cm:CreateDesktopIcon}"; Flags: unchecked
Name: path; Description: "Add the command trimtab to the PATH"; Flags: unchecked

[InstallDelete]
; An older version's libraries must not be mixed with the new ones.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "{#Bundle}\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs

[Icons]
Name: "{group}\Trimtab"; Filename: "{app}\trimtab-window.exe"
Name: "{autodesktop}\Trimtab"; Filename: "{app}\trimtab-window.exe"; Tasks: desktopicon

[Registry]
Root: HKA; Subkey: "Software\Classes\.trimtab"; ValueType: string; ValueData: "Trimtab.Book"; Flags: uninsdeletevalue uninsdeletekeyifempty
Root: HKA; Subkey: "Software\Classes\Trimtab.Book"; ValueType: string; ValueData: "Trimtab book"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\Trimtab.Book\DefaultIcon"; ValueType: string; ValueData: "{app}\trimtab-window.exe,0"
Root: HKA; Subkey: "Software\Classes\Trimtab.Book\shell\open\command"; ValueType: string; ValueData: """{app}\trimtab-window.exe"" ""%1"""
Root: HKCU; Subkey: "Environment"; ValueType: expandsz; ValueName: "Path"; ValueData: "{code:PathWithUs}"; Tasks: path; Check: NotYetInPath

[Run]
Filename: "{app}\trimtab-window.exe"; Description: "{cm:LaunchProgram,Trimtab}"; Flags: nowait postinstall skipifsilent

[UninstallRun]
; Settings and caches go, books stay: they are the user's.
Filename: "{app}\trimtab.exe"; Parameters: "doctor --forget --yes"; Flags: runhidden; RunOnceId: "forget"

[Code]
function NotYetInPath: Boolean;
var
  Path: string;
begin
  if not RegQueryStringValue(HKCU, 'Environment', 'Path', Path) then
    Path := '';
  Result := Pos(';' + Uppercase(ExpandConstant('{app}')) + ';', ';' + Uppercase(Path) + ';') = 0;
end;

function PathWithUs(Param: string): string;
begin
  if not RegQueryStringValue(HKCU, 'Environment', 'Path', Result) then
    Result := '';
  if Result <> '' then
    Result := Result + ';';
  Result := Result + ExpandConstant('{app}');
end;

procedure CurUninstallStepChanged(Step: TUninstallStep);
var
  Path, Mine: string;
  Place: Integer;
begin
  if Step <> usPostUninstall then
    exit;
  if not RegQueryStringValue(HKCU, 'Environment', 'Path', Path) then
    exit;
  // Between semicolons, so that a folder whose name only begins like ours is left alone.
  Mine := ';' + ExpandConstant('{app}') + ';';
  Path := ';' + Path + ';';
  Place := Pos(Uppercase(Mine), Uppercase(Path));
  if Place = 0 then
    exit;
  Delete(Path, Place, Length(Mine) - 1);
  Path := Copy(Path, 2, Length(Path) - 2);
  if Path = '' then
    RegDeleteValue(HKCU, 'Environment', 'Path')
  else
    RegWriteExpandStringValue(HKCU, 'Environment', 'Path', Path);
end;
