@echo off
rem The polymath command for Windows. Not tested on Windows yet; please report what does not work.
rem It builds once. After a change of the sources, delete the folder .polymath and it builds again.
setlocal
set "ROOT=%~dp0"
set "STATE=%ROOT%.polymath"
set "JAVA=java"
if defined JAVA_HOME set "JAVA=%JAVA_HOME%\bin\java"
"%JAVA%" -version >nul 2>&1
if errorlevel 1 (
    echo polymath: there is no java on the path; install a JDK, 17 or later, or set JAVA_HOME 1>&2
    exit /b 2
)
if exist "%STATE%\built" goto run

echo polymath: building (first run downloads about 342 MB)... 1>&2
if not exist "%STATE%\lib" mkdir "%STATE%\lib"
set "MAVEN=%ROOT%mvnw.cmd"
where mvn >nul 2>&1 && set "MAVEN=mvn"
pushd "%ROOT%"
call "%MAVEN%" -B -q -DskipTests -pl cli -am package >"%STATE%\build.log" 2>&1
if errorlevel 1 (
    popd
    type "%STATE%\build.log" 1>&2
    echo polymath: the build failed; its output is above 1>&2
    exit /b 1
)
popd
for %%M in (core learn search server cli) do copy /y "%ROOT%%%M\target\polymath-%%M.jar" "%STATE%\lib\%%M.jar" >nul
copy /y "%ROOT%cli\target\classpath-use" "%STATE%" >nul
copy /y "%ROOT%cli\target\classpath-learn" "%STATE%" >nul
echo built>"%STATE%\built"

:run
rem An argument file, for a command line on Windows holds 8191 characters and the class path is longer.
set "LIST=classpath-learn"
set "MODULES=%STATE%\lib\cli.jar;%STATE%\lib\learn.jar;%STATE%\lib\search.jar;%STATE%\lib\server.jar;%STATE%\lib\core.jar"
if "%~1"=="predict" set "LIST=classpath-use"
if "%~1"=="evaluate" set "LIST=classpath-use"
if "%~1"=="quantize" set "LIST=classpath-use"
if "%~1"=="serve" set "LIST=classpath-use"
if "%~1"=="index" set "LIST=classpath-use"
if "%~1"=="search" set "LIST=classpath-use"
if "%~1"=="mine" set "LIST=classpath-use"
rem Libtorch computes where that is asked for.
echo %* | findstr /r /c:"--engine[= ]torch" >nul && set "LIST=classpath-learn"
if "%LIST%"=="classpath-use" set "MODULES=%STATE%\lib\cli.jar;%STATE%\lib\search.jar;%STATE%\lib\server.jar;%STATE%\lib\core.jar"
set "JARS="
for /f "usebackq delims=" %%J in ("%STATE%\%LIST%") do set "JARS=%%J"
set "ALL=%MODULES%;%JARS%"
> "%STATE%\%LIST%.args" echo -cp "%ALL:\=\\%"
"%JAVA%" -Dfile.encoding=UTF-8 -Dstdout.encoding=UTF-8 %POLYMATH_JAVA_OPTS% @"%STATE%\%LIST%.args" dev.polymath.cli.Main %*
exit /b %errorlevel%
