# Signs one file. Called by the installer's build as: sign.ps1 FILE. Which key is used is for whoever releases to say:
#   TRIMTAB_SIGN=thumbprint   a certificate of the machine's store, by TRIMTAB_SIGN_THUMBPRINT
#   TRIMTAB_SIGN=command      whatever TRIMTAB_SIGN_COMMAND says, with {file} for the file (a cloud key's own tool)
param([Parameter(Mandatory)][string]$File)
$ErrorActionPreference = 'Stop'
$stamp = if ($env:TRIMTAB_SIGN_TIMESTAMP) { $env:TRIMTAB_SIGN_TIMESTAMP } else { 'http://timestamp.acs.microsoft.com' }
switch ($env:TRIMTAB_SIGN) {
    'thumbprint' {
        & signtool sign /sha1 $env:TRIMTAB_SIGN_THUMBPRINT /fd SHA256 /td SHA256 /tr $stamp $File
    }
    'command' {
        Invoke-Expression $env:TRIMTAB_SIGN_COMMAND.Replace('{file}', "'" + $File.Replace("'", "''") + "'")
    }
    default { throw "TRIMTAB_SIGN is '$env:TRIMTAB_SIGN': write thumbprint or command" }
}
if ($LASTEXITCODE -ne 0) { throw "signing $File ended with status $LASTEXITCODE" }
& signtool verify /pa $File
if ($LASTEXITCODE -ne 0) { throw "$File is not signed" }
