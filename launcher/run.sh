#!/bin/sh
# Assess the folder beside this file and open the report: with the Python that lies here, else with the machine's newest.
cd "$(dirname "$0")" || exit 2
for python in ./python/bin/python3 python3.14 python3.13 python3.12 python3.11 python3; do
    if command -v "$python" >/dev/null 2>&1 && "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        exec "$python" -B start.py "$@"
    fi
done
echo '这台机器上没有 Python 3.11 以上的版本。请管理员装一个，或把带 Python 的文件夹放在这里，名叫 python。'
if [ -t 0 ]; then printf '按回车键关闭。'; read -r _; fi
exit 2
