# Where a registry and nuget.org can be reached: the published SDK, and the packages of packages.csproj.
ARG SDK=mcr.microsoft.com/dotnet/sdk:10.0
FROM ${SDK}
COPY packages.csproj /tmp/packages/
RUN dotnet restore /tmp/packages/packages.csproj --packages /usr/share/nuget/packages \
    && rm -rf /tmp/packages
