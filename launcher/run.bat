@echo off
rem Assess the folder beside this file and open the report. Messages are Chinese, so the window speaks UTF-8.
chcp 65001 >nul
set PYTHONUTF8=1
cd /d "%~dp0"
if exist "python\python.exe" (
    "python\python.exe" -B start.py %*
    goto end
)
where py >nul 2>nul
if not errorlevel 1 (
    py -3 -B start.py %*
    goto end
)
where python >nul 2>nul
if not errorlevel 1 (
    python -B start.py %*
    goto end
)
echo Python 3.11 or newer is needed: put it into the folder "python" beside this file, or ask your administrator.
pause
:end
exit /b %errorlevel%
